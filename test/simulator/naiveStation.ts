/** One request as an independent simulation saw it. */
export interface NaiveRequest {
  readonly arrival: number;
  readonly start: number;
  readonly end: number;
  readonly batch: number;
}

export interface NaiveOptions {
  readonly arrivals: readonly number[];
  readonly maxBatch: number;
  readonly maxDelay: number;
  readonly service: (batch: number) => number;
  readonly occupancy: (batch: number) => number;
}

/**
 * A batching station written without any of the simulator's ideas: every moment at which something can happen is visited in turn, with an
 * explicit waiting room.
 */
export function naiveStation(options: NaiveOptions): readonly NaiveRequest[] {
  const { arrivals, maxBatch, maxDelay, service, occupancy } = options;
  const done: NaiveRequest[] = [];
  const room: number[] = [];
  let coming = 0;
  let now = 0;
  let busyUntil = 0;
  let readySince: number | null = null;
  while (coming < arrivals.length || room.length > 0) {
    while (coming < arrivals.length && arrivals[coming]! <= now) room.push(arrivals[coming++]!);
    const free = busyUntil <= now;
    if (free && room.length > 0) {
      readySince ??= now;
      if (room.length >= maxBatch || now >= readySince + maxDelay) {
        const batch = room.splice(0, maxBatch);
        for (const arrival of batch)
          done.push({ arrival, start: now, end: now + service(batch.length), batch: batch.length });
        busyUntil = now + occupancy(batch.length);
        readySince = null;
        continue;
      }
    }
    const moments = [
      arrivals[coming],
      free ? undefined : busyUntil,
      readySince === null ? undefined : readySince + maxDelay,
    ];
    now = Math.min(...moments.filter((moment) => moment !== undefined));
  }
  return done;
}
