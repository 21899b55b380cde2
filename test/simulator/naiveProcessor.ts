/** One station of an independent simulation of a shared processor. */
export interface NaiveJobs {
  readonly arrivals: readonly number[];
  readonly maxBatch: number;
  readonly service: (batch: number) => number;
  /** Part of the processor it can use. */
  readonly knee: number;
}

/** Response times per station, in order of arrival. */
export function naiveProcessor(
  stations: readonly NaiveJobs[],
  law: "fair" | "alternate",
  interference: number,
): readonly (readonly number[])[] {
  const responses: number[][] = stations.map(() => []);
  const rooms: number[][] = stations.map(() => []);
  const coming = stations.map(() => 0);
  const flight: ({ batch: number[]; left: number } | null)[] = stations.map(() => null);
  let now = 0;
  for (;;) {
    stations.forEach((station, i) => {
      while (coming[i]! < station.arrivals.length && station.arrivals[coming[i]!]! <= now)
        rooms[i]!.push(station.arrivals[coming[i]!++]!);
      if (flight[i] === null && rooms[i]!.length > 0) {
        const batch = rooms[i]!.splice(0, station.maxBatch);
        flight[i] = { batch, left: station.service(batch.length) };
      }
    });
    const speeds = speedsNow(
      stations,
      flight.map((job) => job !== null),
      law,
      interference,
    );
    const steps = stations.map((station, i) => {
      const arrival = station.arrivals[coming[i]!];
      const untilArrival = arrival === undefined ? Number.POSITIVE_INFINITY : arrival - now;
      const job = flight[i];
      return Math.min(untilArrival, job == null ? Number.POSITIVE_INFINITY : job.left / speeds[i]!);
    });
    const step = Math.min(...steps);
    if (step === Number.POSITIVE_INFINITY) return responses;
    now += step;
    flight.forEach((job, i) => {
      if (job === null) return;
      job.left -= step * speeds[i]!;
      if (job.left > 1e-12) return;
      for (const arrival of job.batch) responses[i]!.push(now - arrival);
      flight[i] = null;
    });
  }
}

/** Max-min fair parts by raising a water level in small halving steps, instead of by sorting. */
function speedsNow(
  stations: readonly NaiveJobs[],
  busy: readonly boolean[],
  law: string,
  interference: number,
): readonly number[] {
  const count = busy.filter(Boolean).length;
  const loss = count > 1 ? 1 + interference : 1;
  if (law === "alternate") return busy.map(() => 1 / count / loss);
  const taken = (level: number): number =>
    stations.reduce((sum, { knee }, i) => sum + (busy[i] ? Math.min(knee, level) : 0), 0);
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const level = (low + high) / 2;
    if (taken(level) <= 1) low = level;
    else high = level;
  }
  return stations.map(({ knee }) => Math.min(1, Math.min(knee, low) / knee) / loss);
}
