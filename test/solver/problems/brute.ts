import type { ConcurrentDemand, ConcurrentTables, InferenceRow, TwoDemands } from "@partitune/solver";

/** Plain enumerations of single problems, written from the problem statements alone. */

/** The highest training rate under a peak budget with windowed dispatch; 0 when none trains. */
export function bruteConcurrent(tables: ConcurrentTables, demand: ConcurrentDemand, budgetWatts: number): number {
  let best = 0;
  const trainingIn = Map.groupBy(tables.training, ({ mode }) => mode);
  for (const serve of tables.inference) {
    for (const train of trainingIn.get(serve.mode) ?? []) {
      if (Math.max(train.watts, serve.watts) > budgetWatts) continue;
      const window = serve.batch / demand.ratePerSecond;
      const spare = demand.latencySeconds - window - serve.seconds;
      if (serve.seconds > window || spare < 0) continue;
      if (demand.policy === "greedy" && spare < train.seconds) continue;
      if ((window - serve.seconds) / train.seconds / window <= best) continue; // not even all idle time would beat it
      const late = { reserve: 0, slack: spare, greedy: train.seconds }[demand.policy];
      best = Math.max(best, followWindows(window, serve.seconds, train.seconds, late) / window);
    }
  }
  return best;
}

/** Mean number of training minibatches over many windows, each begun where the one before ended; at most one too many in all. */
function followWindows(window: number, serving: number, training: number, late: number): number {
  if (serving + training > window + late && late < training) return 0;
  let trained = 0;
  let now = serving;
  const windows = 10_000;
  for (let i = 1; i <= windows; i++) {
    const ready = i * window;
    while (now < ready && now + training <= ready + late) {
      now += training;
      trained += 1;
    }
    now = Math.max(now, ready) + serving;
  }
  return trained / windows;
}

/** The lowest windowed latency under a peak budget; infinity when none keeps promise and load. */
export function bruteInference(rows: readonly InferenceRow[], rate: number, promise: number, watts: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const window = row.batch / rate;
    if (row.watts > watts || row.seconds > window || window + row.seconds > promise) continue;
    best = Math.min(best, window + row.seconds);
  }
  return best;
}

/** The lowest urgent latency under a peak budget; infinity when no choice keeps both promises. */
export function bruteTwo(
  urgentRows: readonly InferenceRow[],
  nonUrgentRows: readonly InferenceRow[],
  { urgentDemand, nonUrgentDemand }: TwoDemands,
  watts: number,
): number {
  let best = Number.POSITIVE_INFINITY;
  const othersIn = Map.groupBy(nonUrgentRows, ({ mode }) => mode);
  for (const urgent of urgentRows) {
    if (urgent.watts > watts) continue;
    const period = urgent.batch / urgentDemand.ratePerSecond;
    if (period + urgent.seconds > urgentDemand.latencySeconds) continue;
    for (const other of othersIn.get(urgent.mode) ?? []) {
      if (other.watts > watts) continue;
      const latency = period + other.seconds + urgent.seconds;
      if (latency > urgentDemand.latencySeconds || latency >= best) continue;
      const otherPeriod = other.batch / nonUrgentDemand.ratePerSecond;
      if (urgent.seconds / period + other.seconds / otherPeriod > 1) continue;
      const response = playCritical(period, urgent.seconds, otherPeriod, other.seconds);
      if (otherPeriod + response <= nonUrgentDemand.latencySeconds) best = latency;
    }
  }
  return best;
}

/** Longest non-urgent response when both become ready at time 0, played until the device is free with nothing waiting. */
function playCritical(urgentPeriod: number, urgentSeconds: number, period: number, seconds: number): number {
  let [now, urgentDone, done, longest] = [0, 0, 0, 0];
  for (let steps = 0; steps < 20_000; steps++) {
    if (urgentDone * urgentPeriod <= now + 1e-12) {
      now += urgentSeconds;
      urgentDone += 1;
    } else if (done * period <= now + 1e-12) {
      now += seconds;
      longest = Math.max(longest, now - done * period);
      done += 1;
    } else return longest;
  }
  return Number.POSITIVE_INFINITY;
}
