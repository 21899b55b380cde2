import { normalCumulative, normalQuantile, sobol } from "@partitune/numerics";
import type { CandidateCosts, CandidateJudgement, RunCost } from "../../problems/judgeOf.ts";
import type { Candidate, Ledger } from "../ledger.ts";
import type { Expected, ForecastRun, RunForecast } from "./costProcesses.ts";

/** What a candidate is expected to be. */
export interface Outlook extends Candidate {
  /** On the scale of `valueScale`. */
  readonly value: Expected;
  /** Natural logarithm of the power used over the budget; of the power of its hungriest run, in watts, without a budget. */
  readonly logPower: Expected;
  /** Probability that power keeps the budget; 1 without one. */
  readonly withinPower: number;
  /** Probability that latency and load keep their limits; 1 without limits. */
  readonly inTime: number;
  /** By how much the expected candidate breaks its limits, as a sum of logarithms; 0 when it keeps them. */
  readonly miss: number;
}

/** Draws of the costs per candidate; they are the same for all of them. */
const draws = 16;
/** Candidates that are looked at closely: those that break their limits least, and promise most, by their expected costs. */
const mostOutlooks = 400;

/** Whether values are rates, which are negative and may be 0. */
export function isRate({ problem }: Ledger): boolean {
  const { kind } = problem;
  return (
    kind === "concurrent" || kind === "backlogged" || (kind === "two-inferences" && problem.objective === "training")
  );
}

/** A scale on which values vary by ratios: the logarithm, but for rates. */
export function valueScale(ledger: Ledger): (value: number) => number {
  return isRate(ledger) ? (value) => value : Math.log;
}

/** Judges open candidates by draws of what their runs may cost. */
export function outlooks(ledger: Ledger, candidates: readonly number[], forecast: ForecastRun): readonly Outlook[] {
  const judge = candidateJudge(ledger, forecast);
  const shifts = normalDraws(2 * Math.max(...ledger.table.slotsOf.map(({ length }) => length)));
  const none = new Float64Array(shifts[0]!.length);
  return closest(ledger, candidates, (candidate) => judge(candidate, none).judgement).map((candidate) => {
    const judged = shifts.map((shift) => judge(candidate, shift));
    return outlookOf(ledger, candidate, judged);
  });
}

/** The most promising candidates, all of them if there are few. */
function closest(ledger: Ledger, candidates: readonly number[], judge: (candidate: number) => CandidateJudgement) {
  if (candidates.length <= mostOutlooks) return candidates;
  const scale = valueScale(ledger);
  const best = ledger.best();
  const bar = best === null ? null : scale(best.judgement.value);
  const unit = isRate(ledger) ? Math.abs(bar ?? 0) || 1 : 1;
  const keys = candidates.map((candidate) => {
    const { value, excess } = judge(candidate);
    const worse = bar === null ? 0 : Math.max(0, (scale(value) - bar) / unit);
    return { candidate, miss: missOf(excess) + worse };
  });
  return keys
    .sort((a, b) => a.miss - b.miss)
    .slice(0, mostOutlooks)
    .map(({ candidate }) => candidate);
}

interface Judged {
  readonly judgement: CandidateJudgement;
  readonly watts: number;
}

/** Judges a candidate whose costs lie some deviations off the expected ones: two numbers per run, for time and power. */
function candidateJudge({ judge, combinations, table }: Ledger, forecast: ForecastRun) {
  const count = combinations.length;
  return (candidate: number, shift: ArrayLike<number>): Judged => {
    const combination = candidate % count;
    const mode = (candidate - combination) / count;
    const runs = table.slotsOf[combination]!.map((slot, k) =>
      costAt(forecast(slot, mode), shift[2 * k]!, shift[2 * k + 1]!),
    );
    const costs = costsOf(runs, table.trainingSlot !== null, table.idleSlot !== null);
    const watts = runs.reduce((most, { powerWatts }) => Math.max(most, powerWatts), 0);
    return { judgement: judge(combinations[combination]!, costs), watts };
  };
}

function costAt({ logTime, logPower }: RunForecast, time: number, power: number): RunCost {
  return { timeSeconds: logTime === null ? 0 : draw(logTime, time), powerWatts: draw(logPower, power) };
}

function draw({ mean, variance }: Expected, deviations: number): number {
  return Math.exp(mean + deviations * Math.sqrt(variance));
}

/** Runs come in the order of slots: the training, what is served, the idle device. */
function costsOf(runs: readonly RunCost[], trains: boolean, rests: boolean): CandidateCosts {
  const served = runs.slice(trains ? 1 : 0, rests ? -1 : undefined);
  return { ...(trains && { training: runs[0]! }), served, ...(rests && { idleWatts: runs.at(-1)!.powerWatts }) };
}

/** Quasi-random standard normal numbers, draws × dimensions, each with its negative: the sum of every column is 0. */
function normalDraws(dimensions: number): readonly Float64Array[] {
  const uniform = sobol(draws / 2, dimensions, { skip: draws / 2 });
  const half = Array.from({ length: draws / 2 }, (_, i) =>
    uniform.slice(i * dimensions, (i + 1) * dimensions).map(normalQuantile),
  );
  return half.flatMap((row) => [row, row.map((value) => -value)]);
}

function outlookOf(ledger: Ledger, candidate: number, judged: readonly Judged[]): Outlook {
  const count = ledger.combinations.length;
  const scale = valueScale(ledger);
  const limit = (key: "power" | "latency" | "load") => judged.map(({ judgement }) => Math.log1p(judgement.excess[key]));
  const power = limit("power");
  return {
    mode: Math.floor(candidate / count),
    combination: candidate % count,
    value: moments(judged.map(({ judgement }) => scale(judgement.value))),
    logPower: moments(power.every(Number.isFinite) ? power : judged.map(({ watts }) => Math.log(watts))),
    withinPower: within(power),
    inTime: within(limit("latency")) * within(limit("load")),
    miss: judged.reduce((sum, { judgement }) => sum + missOf(judgement.excess), 0) / judged.length,
  };
}

function missOf({ power, latency, load }: CandidateJudgement["excess"]): number {
  return [power, latency, load].reduce((sum, excess) => sum + Math.max(0, Math.log1p(excess)), 0);
}

function moments(values: readonly number[]): Expected {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** Probability that the logarithm of used over allowed is at most 0, as if it were normal; counted where it is not finite. */
function within(logs: readonly number[]): number {
  const { mean, variance } = moments(logs);
  if (variance > 0 && Number.isFinite(variance)) return normalCumulative(-mean / Math.sqrt(variance));
  return logs.filter((log) => log <= 0).length / logs.length;
}
