import { type Fraction, InputError, type Joules, type PerSecond, type Seconds, type Watts } from "@partitune/schema";
import { formatSeconds } from "../formatQuantity.ts";
import type { Answer, NothingToRun } from "./answer.ts";
import { checkDemand } from "./checkDemand.ts";
import { type Dispatcher, dispatchers } from "./dispatchers.ts";
import { type Limit, leastMissing, nothingMeasured, reasonsAgainst } from "./limits.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { checkRows, type IdleRow, type InferenceRow, idleByMode } from "./rows.ts";
import { within } from "./within.ts";
import { answersTooLate, drawsTooMuch, nameNearest } from "./words.ts";

/** Which power mode and minibatch to serve requests with. */
export interface InferenceProblem {
  readonly rows: readonly InferenceRow[];
  /** Idle power by mode; needed for an average budget, whose modes without it are left out. */
  readonly idle?: readonly IdleRow[];
  readonly ratePerSecond: PerSecond;
  /** Dispatchers to choose from; of equal choices the one named first. */
  readonly dispatchers: readonly Dispatcher[];
  /** What to minimise: worst latency, power as the budget counts it, or energy per request while serving. */
  readonly objective: "latency" | "power" | "energy";
  /** Worst latency promised, from a request's arrival to the end of its minibatch. */
  readonly latencySeconds?: Seconds;
  readonly budget?: PowerBudget;
  /** Part of the time that serving may take, by default 1; 0.95 leaves room for arrivals that jitter. */
  readonly highestLoad?: Fraction;
}

export interface InferenceChoice {
  readonly mode: string;
  readonly batch: number;
  readonly dispatcher: Dispatcher;
  /** Mean time between minibatches. */
  readonly windowSeconds: Seconds;
  /** Time of one minibatch. */
  readonly serviceSeconds: Seconds;
  /** Worst latency of a request. */
  readonly latencySeconds: Seconds;
  /** Part of the time that serving takes. */
  readonly load: Fraction;
  /** As the budget counts it: of a minibatch, or the mean over a window; of a minibatch without a budget. */
  readonly watts: Watts;
  /** Energy of one request while it is served. */
  readonly joulesPerRequest: Joules;
}

/** What is minimised, by objective. */
export const inferenceValues = {
  latency: ({ latencySeconds }: InferenceChoice) => latencySeconds,
  power: ({ watts }: InferenceChoice) => watts,
  energy: ({ joulesPerRequest }: InferenceChoice) => joulesPerRequest,
} as const satisfies Record<InferenceProblem["objective"], (choice: InferenceChoice) => number>;

/**
 * The mode, minibatch and dispatcher that serve best within the limits; of equals that of least power.
 *
 * A minibatch must end before the next is ready, so that no queue builds up. At low rates try `on-full` too: a window of 1/α may
 * alone be longer than the latency allowed.
 *
 * @returns the choice with its value (s, W or J); the choice that misses the limits least; or idle at rate 0; O(rows)
 * @throws InputError when rows repeat or a number is out of range
 */
export function inference(problem: InferenceProblem): Answer<InferenceChoice> | NothingToRun {
  checkDemand("inference", problem);
  checkRows("inference", problem.rows);
  if (problem.dispatchers.length === 0) {
    throw new InputError({
      what: "inference",
      problem: "names no dispatcher",
      advice: 'name "windowed", "on-full" or both',
    });
  }
  if (problem.ratePerSecond === 0) return { status: "idle" };
  const candidates = choicesOf(problem);
  const limits = limitsOf(problem);
  const worth = inferenceValues[problem.objective];
  let best: InferenceChoice | undefined;
  for (const choice of candidates) {
    if (!limits.every((limit) => within(limit.used(choice), limit.allowed(choice)))) continue;
    if (best === undefined || isBetter(worth(choice), choice, worth(best), best)) best = choice;
  }
  if (best !== undefined) return { status: "optimal", choice: best, value: worth(best), reasons: [] };
  const nearest = leastMissing(candidates, limits);
  if (nearest === null) {
    return { status: "infeasible", nearest, reasons: [nothingMeasured("no power mode is measured for inference")] };
  }
  return {
    status: "infeasible",
    nearest,
    reasons: reasonsAgainst(nearest, nameNearest(nearest.mode, nearest.batch), limits),
  };
}

/**
 * The lowest worst latency under each of many peak budgets, as {@link inference} chooses it.
 *
 * @param sortedRows  by power, rising, as {@link byWatts} gives them
 * @param budgetsWatts  rising
 * @returns a choice per budget; undefined where none keeps latency, load and budget; O(rows + budgets)
 */
export function inferenceSweep(
  sortedRows: readonly InferenceRow[],
  demand: { readonly ratePerSecond: PerSecond; readonly latencySeconds: Seconds; readonly dispatcher: Dispatcher },
  budgetsWatts: readonly Watts[],
): readonly (InferenceChoice | undefined)[] {
  const { ratePerSecond, latencySeconds, dispatcher } = demand;
  const gather = dispatchers[dispatcher];
  let shortest = Number.POSITIVE_INFINITY;
  let best: InferenceRow | undefined;
  let next = 0;
  return budgetsWatts.map((budget) => {
    for (; next < sortedRows.length && within(sortedRows[next]!.watts, budget); next++) {
      const row = sortedRows[next]!;
      const latency = gather(row.batch, ratePerSecond) + row.seconds;
      if (latency >= shortest || !within(latency, latencySeconds)) continue;
      if (!within(row.seconds, row.batch / ratePerSecond)) continue;
      shortest = latency;
      best = row;
    }
    return best && toChoice(best, dispatcher, ratePerSecond, best.watts);
  });
}

/** Rows from the least power up, the quicker of equals first. */
export function byWatts(rows: readonly InferenceRow[]): readonly InferenceRow[] {
  return rows.toSorted((a, b) => a.watts - b.watts || a.seconds - b.seconds);
}

function isBetter(value: number, choice: InferenceChoice, bestValue: number, best: InferenceChoice): boolean {
  if (value !== bestValue) return value < bestValue;
  return choice.watts !== best.watts ? choice.watts < best.watts : choice.latencySeconds < best.latencySeconds;
}

/** Every row with every dispatcher, whether it keeps the limits or not. */
export function choicesOf({
  rows,
  idle = [],
  ratePerSecond,
  dispatchers,
  budget,
}: InferenceProblem): readonly InferenceChoice[] {
  const idleWatts = idleByMode(idle);
  return dispatchers.flatMap((dispatcher) =>
    rows.flatMap((row) => {
      const watts = budget?.kind === "average" ? meanWatts(row, ratePerSecond, idleWatts.get(row.mode)) : row.watts;
      return watts === undefined ? [] : [toChoice(row, dispatcher, ratePerSecond, watts)];
    }),
  );
}

/** Serving and idling in turn; busy all the time when the minibatch takes longer than its window. */
function meanWatts(row: InferenceRow, ratePerSecond: PerSecond, idleWatts: Watts | undefined): Watts | undefined {
  const load = Math.min(1, (row.seconds * ratePerSecond) / row.batch);
  return idleWatts === undefined ? undefined : idleWatts + load * (row.watts - idleWatts);
}

function toChoice(row: InferenceRow, dispatcher: Dispatcher, rate: PerSecond, watts: Watts): InferenceChoice {
  const windowSeconds = row.batch / rate;
  return {
    mode: row.mode,
    batch: row.batch,
    dispatcher,
    windowSeconds,
    serviceSeconds: row.seconds,
    latencySeconds: dispatchers[dispatcher](row.batch, rate) + row.seconds,
    load: row.seconds / windowSeconds,
    watts,
    joulesPerRequest: (row.watts * row.seconds) / row.batch,
  };
}

function limitsOf({ latencySeconds, budget, highestLoad = 1 }: InferenceProblem): readonly Limit<InferenceChoice>[] {
  const limits: Limit<InferenceChoice>[] = [loadLimit(highestLoad)];
  if (latencySeconds !== undefined) limits.push(latencyLimit(latencySeconds));
  if (budget !== undefined) limits.push(powerLimit(budget));
  return limits;
}

function loadLimit(highestLoad: Fraction): Limit<InferenceChoice> {
  return {
    workload: "inference",
    constraint: "load",
    used: ({ serviceSeconds }) => serviceSeconds,
    allowed: ({ windowSeconds }) => highestLoad * windowSeconds,
    says: (used, allowed) =>
      `takes ${formatSeconds(used)} for a minibatch where ${formatSeconds(allowed)} are left until the next`,
    advice: "lower the rate or measure larger batches and higher modes",
  };
}

function latencyLimit(latencySeconds: Seconds): Limit<InferenceChoice> {
  return {
    workload: "inference",
    constraint: "latency",
    used: (choice) => choice.latencySeconds,
    allowed: () => latencySeconds,
    says: answersTooLate,
    advice: "promise a longer latency, measure smaller batches and higher modes, or dispatch on full batches",
  };
}

function powerLimit({ watts }: PowerBudget): Limit<InferenceChoice> {
  return {
    workload: null,
    constraint: "power",
    used: (choice) => choice.watts,
    allowed: () => watts,
    says: drawsTooMuch,
    advice: "raise the budget or measure lower modes",
  };
}
