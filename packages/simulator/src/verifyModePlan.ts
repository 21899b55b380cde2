import {
  InputError,
  type ModeCheck,
  type ModePlan,
  type ModePromise,
  type ModeReport,
  type ModeSchedule,
  type ModeTrace,
  type Warning,
} from "@partitune/schema";
import { checkModePlan } from "./checkModePlan.ts";
import { phasings } from "./firstReady.ts";
import { gameOf } from "./gameOf.ts";
import { judgeModePromise, type ModeFinding } from "./judgeModePromise.ts";
import type { ModeEvidence } from "./modeEvidence.ts";
import { freshSeeds } from "./seeds.ts";
import { checkCut, checkOptions, playToTrace, type SimulateModeOptions } from "./simulateModePlan.ts";

export interface VerifyModeOptions extends Pick<SimulateModeOptions, "arrivals" | "scatter" | "windows" | "made"> {
  /** How many fresh seeds to judge on, at least 2; by default 6. */
  readonly seeds?: number;
  /** Names the set of fresh seeds; by default 0. */
  readonly seed?: string | number;
  /** What happened when the plan was carried out. Its verdicts then decide. */
  readonly measured?: ModeTrace;
}

/** Coverage of the intervals over seeds. */
const confidence = 0.99;
/** Windows after which a period of a schedule has shown what it does: what is left of it would be more of the same. */
const windowsOfPeriod = 300;
/** In every other run minibatches take up to so much less than expected. */
const quicker = 0.3;

/**
 * Judges every promise of a mode plan, or of every period of a schedule, by playing it on fresh seeds, twice each: once with every minibatch
 * as the plan expects it, at the phase that hurts most or at random, and once with quicker minibatches and windows that are partly empty,
 * so that everything shifts against everything else.
 *
 * A worst latency is judged within what the plan states: at most a minibatch's worth of requests in a window. Arrivals that bring more
 * (as Poisson arrivals at the stated rate do) are counted; see judgeModePromise for the rules.
 *
 * @throws InputError as simulateModePlan; when fewer than 2 seeds are asked for, or the trace was not measured on this plan
 * @example verifyModePlan(plan).checks.every((check) => check.verdict === "kept")
 */
export function verifyModePlan(plan: ModePlan | ModeSchedule, options: VerifyModeOptions = {}): ModeReport {
  const { seeds = 6, seed = 0, measured = null, windows, ...simulation } = options;
  const { arrivals = "worst-case", scatter = 0 } = simulation;
  checkModePlan(plan, arrivals);
  checkOptions(options);
  checkCut(plan, arrivals, windows);
  checkMeasured(plan, measured);
  const isCut = plan.kind === "mode-schedule" && typeof arrivals !== "object";
  const game = gameOf(plan, windows ?? (isCut ? windowsOfPeriod : undefined));
  const runs = freshSeeds(seeds, seed).map((fresh, i) => {
    const run = { ...simulation, seed: fresh, phasing: phasings[i % phasings.length]! };
    return [playToTrace(plan, run, game), playToTrace(plan, { ...run, placing: "scattered", quicker }, game)];
  });
  const steady = runs.map(([first]) => first!);
  const isRandom = scatter > 0 || arrivals === "poisson" || typeof arrivals === "object";
  const common = { rounds: game.rounds, isRandom, confidence };
  const checks = game.periods.flatMap((turns, period) => {
    const simulated: ModeEvidence = { ...common, source: "simulated", turns, period, steady, runs };
    const live: ModeEvidence | null = measured && {
      ...simulated,
      source: "measured",
      steady: [measured],
      runs: [[measured]],
    };
    const number = plan.kind === "mode-plan" ? null : period + 1;
    return turns.promises.map((promise) => checkOf(promise, number, simulated, live));
  });
  return {
    kind: "mode-report",
    version: 1,
    made: { ...(options.made ?? plan.made), seed },
    checks,
    traces: measured === null ? steady : [...steady, measured],
    warnings: overflowWarnings(runs.flat()),
    synthetic: plan.synthetic || measured?.synthetic === true,
  };
}

function checkOf(
  promise: ModePromise,
  period: number | null,
  simulated: ModeEvidence,
  live: ModeEvidence | null,
): ModeCheck {
  const played = judgeModePromise(promise, simulated);
  const seen = live && measuredFinding(promise, live);
  return {
    promise,
    period,
    simulated: { perSeed: played.perSeed, estimate: played.estimate },
    measured: seen?.estimate ?? null,
    verdicts: { simulated: played.verdict, measured: seen?.verdict ?? null },
    verdict: (seen ?? played).verdict,
    why: seen === null ? played.why : `${played.why}; ${seen.why}`,
  };
}

/** What the measurement says; null of power that was not measured, about which it says nothing. */
function measuredFinding(promise: ModePromise, live: ModeEvidence): ModeFinding | null {
  const finding = judgeModePromise(promise, live);
  const isPower = promise.metric === "peak_power_w" || promise.metric === "mean_power_w";
  return isPower && finding.estimate === null ? null : finding;
}

function checkMeasured(plan: ModePlan | ModeSchedule, trace: ModeTrace | null): void {
  if (trace === null) return;
  const periods = plan.kind === "mode-plan" ? 1 : plan.periods.length;
  if (trace.source === "measured" && trace.periods.length === periods) return;
  throw new InputError({
    what: "the trace of the plan at work",
    problem: trace.source === "measured" ? `has ${trace.periods.length} periods, not ${periods}` : "was simulated",
    advice: "carry this plan out and measure it, or verify without a trace",
  });
}

function overflowWarnings(traces: readonly ModeTrace[]): readonly Warning[] {
  const streams = traces.flatMap(({ periods }) => periods.flatMap(({ inferences }) => inferences));
  const overflowed = new Set(streams.filter((stream) => stream.overflowed > 0).map(({ workload }) => workload));
  return [...overflowed].map((workload) => ({
    code: "windows-overflowed",
    where: `inference "${workload}"`,
    cause: "some windows brought more requests than a minibatch holds, so requests were put off to later windows",
    advice: "plan for a high quantile of the rate in a window instead of the mean",
  }));
}
