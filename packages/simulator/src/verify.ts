import { InputError, type Plan, type Report, type Trace, type Warning } from "@partitune/schema";
import { checkPromise } from "./checkPromise.ts";
import { offeredRates } from "./offeredRates.ts";
import { freshSeeds } from "./seeds.ts";
import type { SimulateOptions } from "./simulate.ts";
import { simulateSeeds } from "./simulateSeeds.ts";

export interface VerifyOptions extends Omit<SimulateOptions, "seed"> {
  /** How many fresh seeds to judge on, at least 2; by default 10. */
  readonly seeds?: number;
  /** Names the set of fresh seeds; by default 0. Another one judges on other luck. */
  readonly seed?: string | number;
  /** What happened when the plan was deployed. Its verdicts then decide. */
  readonly measured?: Trace;
}

/**
 * Judges every promise of a plan.
 *
 * The plan is simulated on several fresh seeds, which no search has seen. A promise is *kept* when the t interval of its mean over the seeds
 * lies on the right side of the target, *broken* when it lies on the wrong one, else *undecided*; so it is with too few requests for the
 * percentile. A growing backlog is never kept. With a measured trace each promise is judged by it in the same way, on the trace's own
 * interval, and that verdict stands. Shares and memory are judged by arithmetic.
 *
 * @throws InputError as `simulate`, and when fewer than 2 seeds are asked for or the trace was not measured
 * @see judgeResponse, judgeThroughput, judgeLimit for the rules
 * @example verify(plan, { seeds: 20 }).checks.every((check) => check.verdict === "kept")
 */
export function verify(plan: Plan, options: VerifyOptions = {}): Report {
  const { seeds = 10, seed = 0, measured = null, ...simulation } = options;
  checkMeasured(measured);
  const traces = simulateSeeds(plan, freshSeeds(seeds, seed), simulation);
  const rates = offeredRates(plan, simulation.arrivals);
  const all = measured === null ? traces : [...traces, measured];
  return {
    kind: "report",
    version: 1,
    made: { ...(simulation.made ?? plan.made), seed },
    checks: plan.promises.map((promise) => checkPromise(plan, promise, traces, rates, measured)),
    traces: all,
    warnings: saturationWarnings(all),
    synthetic: plan.synthetic || measured?.synthetic === true,
  };
}

function checkMeasured(trace: Trace | null): void {
  if (trace === null || trace.source === "measured") return;
  throw new InputError({
    what: "the trace of the deployed plan",
    problem: `is ${trace.source}, not measured`,
    advice: "deploy the plan and measure it, or verify without a trace",
  });
}

function saturationWarnings(traces: readonly Trace[]): readonly Warning[] {
  const saturated = traces.flatMap((trace) => trace.streams).filter((stream) => stream.saturated);
  return [...new Set(saturated.map((stream) => stream.placement))].map((placement) => ({
    code: "saturated",
    where: `placement "${placement}"`,
    cause: "requests arrive faster than they are answered, or nearly so: the backlog was still growing at the end",
    advice: "give it a larger partition or batch, or take a longer run if its load is below its capacity",
  }));
}
