import type { Plan, Trace } from "@partitune/schema";
import { type SimulateOptions, simulate } from "./simulate.ts";
import { toStations } from "./toStations.ts";
import { defaultDuration } from "./windowOf.ts";

/** Default windows are tried at these multiples: a heavily loaded station needs far more requests for the same certainty. */
const multiples = [1, 4, 16, 64];

/**
 * Simulates a plan on several seeds, all over windows of one length. Where the options give none, the window grows until every promised
 * percentile is told on every seed, or it has reached its limit.
 */
export function simulateSeeds(
  plan: Plan,
  seeds: readonly string[],
  options: Omit<SimulateOptions, "seed">,
): readonly Trace[] {
  const { durationSeconds, requests, arrivals = {}, confidence = 0.99 } = options;
  if (durationSeconds !== undefined || requests !== undefined)
    return seeds.map((seed) => simulate(plan, { ...options, seed }));
  const stations = toStations(plan, arrivals, 0);
  const lengths = multiples.map((multiple) => defaultDuration(plan, stations, confidence, multiple));
  const run = (seed: string, length: number): Trace => simulate(plan, { ...options, seed, durationSeconds: length });
  for (const length of new Set(lengths)) {
    const traces = untilFirstUntold(seeds, (seed) => run(seed, length));
    if (traces.every(tells)) return traces;
  }
  return seeds.map((seed) => run(seed, lengths.at(-1)!));
}

/** The traces in order, ending with the first that does not tell enough. */
function untilFirstUntold(seeds: readonly string[], run: (seed: string) => Trace): readonly Trace[] {
  const traces: Trace[] = [];
  for (const seed of seeds) {
    traces.push(run(seed));
    if (!tells(traces.at(-1)!)) break;
  }
  return traces;
}

/** True when every promised percentile is told; a growing backlog will not tell more however long it is watched. */
function tells(trace: Trace): boolean {
  return trace.streams.every(
    (stream) => stream.saturated || stream.promised.every((promised) => promised.response !== null),
  );
}
