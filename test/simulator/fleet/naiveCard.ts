/** A tenant of an independent simulation of a card. */
export interface NaiveTenant {
  readonly arrivals: readonly number[];
  readonly maxBatch: number;
  readonly processes: number;
  readonly maxDelay: number;
  readonly service: (batch: number) => number;
  readonly occupancy: (batch: number) => number;
}

export type NaivePiece = readonly NaiveTenant[];

/** How much longer everything takes on a piece while tenants work on others. */
export type NaiveSlowdown = (piece: number, others: number) => number;

interface Job {
  readonly piece: number;
  readonly tenant: number;
  readonly process: number;
  readonly batch: readonly number[];
  /** Work left until the answer, then until the process is free. */
  left: number;
  rest: number;
  answered: boolean;
}

interface Room {
  readonly waiting: number[];
  coming: number;
  /** Since when each process is free; Infinity while it works. */
  readonly free: number[];
  /** Since when all of them are. */
  allFree: number;
}

/**
 * Response times per piece and tenant, in order of arrival: a card written without any of the simulator's ideas. Every moment at which
 * something can happen is visited, with explicit waiting rooms and work left per batch.
 */
export function naiveCard(
  pieces: readonly NaivePiece[],
  slowdown: NaiveSlowdown,
): readonly (readonly (readonly number[])[])[] {
  const answers = pieces.map((piece) => piece.map(() => new Map<number, number>()));
  const rooms = pieces.map((piece) =>
    piece.map(
      ({ processes }): Room => ({ waiting: [], coming: 0, free: new Array<number>(processes).fill(0), allFree: 0 }),
    ),
  );
  const turns = pieces.map((piece) => piece.length - 1);
  let jobs: Job[] = [];
  let now = 0;

  const begin = (piece: number, tenant: number, process: number): void => {
    const { maxBatch, service, occupancy } = pieces[piece]![tenant]!;
    const room = rooms[piece]![tenant]!;
    const batch = room.waiting.splice(0, maxBatch);
    const left = service(batch.length);
    jobs.push({ piece, tenant, process, batch, left, rest: occupancy(batch.length) - left, answered: false });
    room.free[process] = Number.POSITIVE_INFINITY;
  };
  /** When a batch may begin, given since when somebody waits for it to fill. */
  const due = (piece: number, tenant: number, since: number): number => {
    const { maxBatch, maxDelay } = pieces[piece]![tenant]!;
    const { waiting } = rooms[piece]![tenant]!;
    if (waiting.length === 0) return Number.POSITIVE_INFINITY;
    return waiting.length >= maxBatch ? now : Math.max(since, waiting[0]!) + maxDelay;
  };
  const beginAlone = (piece: number): boolean => {
    const { free } = rooms[piece]![0]!;
    const since = Math.min(...free);
    if (since > now || due(piece, 0, since) > now) return false;
    begin(piece, 0, free.indexOf(since));
    return true;
  };
  const beginTurn = (piece: number): boolean => {
    if (jobs.some((job) => job.piece === piece)) return false;
    const count = pieces[piece]!.length;
    const order = Array.from({ length: count }, (_, i) => (turns[piece]! + 1 + i) % count);
    const next = order.find((tenant) => due(piece, tenant, rooms[piece]![tenant]!.allFree) <= now);
    if (next === undefined) return false;
    turns[piece] = next;
    const room = rooms[piece]![next]!;
    for (let process = 0; process < room.free.length && room.waiting.length > 0; process++) begin(piece, next, process);
    return true;
  };

  for (;;) {
    pieces.forEach((piece, i) => {
      piece.forEach(({ arrivals }, j) => {
        const room = rooms[i]![j]!;
        while (room.coming < arrivals.length && arrivals[room.coming]! <= now)
          room.waiting.push(arrivals[room.coming++]!);
      });
    });
    pieces.forEach((piece, i) => {
      while (piece.length === 1 ? beginAlone(i) : beginTurn(i));
    });
    const factors = pieces.map((_, i) => {
      const others = new Set(jobs.filter((job) => job.piece !== i).map((job) => job.piece));
      return slowdown(i, others.size);
    });
    const moments = pieces.flatMap((piece, i) =>
      piece.flatMap((tenant, j) => {
        const room = rooms[i]![j]!;
        const idle =
          piece.length === 1
            ? Math.min(...room.free)
            : jobs.some((job) => job.piece === i)
              ? Number.POSITIVE_INFINITY
              : room.allFree;
        const start = idle > now ? Number.POSITIVE_INFINITY : due(i, j, idle);
        return [
          tenant.arrivals[room.coming] ?? Number.POSITIVE_INFINITY,
          start > now ? start : Number.POSITIVE_INFINITY,
        ];
      }),
    );
    const ends = jobs.map((job) => now + job.left * factors[job.piece]!);
    const next = Math.min(...moments, ...ends);
    if (next === Number.POSITIVE_INFINITY) break;
    jobs.forEach((job, i) => {
      job.left = ends[i]! === next ? 0 : job.left - (next - now) / factors[job.piece]!;
    });
    now = next;
    for (const job of jobs.filter(({ left }) => left <= 0)) {
      if (!job.answered) {
        for (const arrival of job.batch) answers[job.piece]![job.tenant]!.set(arrival, now - arrival);
        job.answered = true;
        job.left = job.rest;
      }
      if (job.left > 0) continue;
      jobs = jobs.filter((other) => other !== job);
      const room = rooms[job.piece]![job.tenant]!;
      room.free[job.process] = now;
      if (jobs.every((other) => other.piece !== job.piece || other.tenant !== job.tenant)) room.allFree = now;
    }
  }
  return pieces.map((piece, i) =>
    piece.map(({ arrivals }, j) => arrivals.map((arrival) => answers[i]![j]!.get(arrival)!)),
  );
}
