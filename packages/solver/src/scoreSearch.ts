import type { Fraction } from "@partitune/schema";
import { batchesOfChoice } from "./batchesOfChoice.ts";
import { budgetUse, type SingleChoice, type SingleProblem } from "./budgetUse.ts";
import type { ProblemAnswer } from "./problems/answerProblem.ts";
import type { CandidateCosts, RunCost } from "./problems/judgeOf.ts";
import type { ModeRun, RunOutcome, Strategy } from "./strategies/strategy.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** Answers runs at once: a table, or a formula. */
export type LookUp = (run: ModeRun) => RunOutcome;

/** How a search did against the exact optimum of its table. */
export interface SearchScore {
  /** `unsolvable`: nothing on the table keeps the budgets. `unsolved`: something does, and the search did not find it. */
  readonly status: "solved" | "unsolved" | "unsolvable";
  /** What was found, in the objective's unit; null when nothing was. */
  readonly value: number | null;
  /** Relative distance to the optimum, 0 or more; null unless solved. */
  readonly loss: Fraction | null;
  /** Whether the answer breaks a budget on the very table it was measured on, or beats the optimum: both must never be. */
  readonly isFalse: boolean;
  /** The most of any budget that the choice takes in a fresh measurement: above 1 it breaks one, infinite when a queue grows without end. Null without one. */
  readonly freshUse: Fraction | null;
  readonly modesMeasured: number;
  readonly runs: number;
}

/** Rounding that two ways to compute the same value may differ by. */
const rounding = 1e-9;

/** How a score is made. */
export interface ScoreOptions {
  /** Another measurement of the same device, to see whether the choice holds. */
  readonly fresh?: LookUp;
  /** Chooses from what a search has measured; by default the strategy's own answer. */
  readonly choose?: (strategy: Strategy) => ProblemAnswer;
}

/**
 * Lets a strategy search a table and compares its answer with the exact optimum.
 *
 * @param optimum  of the same table: time, latency or training rate; null where nothing solves the problem
 */
export function scoreSearch(
  strategy: Strategy,
  lookUp: LookUp,
  optimum: number | null,
  { fresh, choose = (searched) => searched.answer() }: ScoreOptions = {},
): SearchScore {
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    strategy.tell(proposal.run, lookUp(proposal.run));
  }
  const answer = choose(strategy);
  const effort = { modesMeasured: strategy.modesMeasured(), runs: strategy.observations().length };
  const nothing = { value: null, loss: null, isFalse: false, freshUse: null, ...effort };
  if (answer.status !== "optimal" || isStarved(answer.choice)) {
    return { status: optimum === null ? "unsolvable" : "unsolved", ...nothing };
  }
  const choice = answer.choice as SingleChoice;
  const problem = strategy.input.problem as SingleProblem;
  const expected = costsOf(choice, strategy, lookUp);
  const use = budgetUse(problem, choice, expected);
  const loss = optimum === null ? null : lossOf(choice, answer.value, optimum);
  return {
    status: "solved",
    value: answer.value,
    loss: loss === null ? null : Math.max(0, loss),
    isFalse: loss === null || loss < -rounding || use(expected) > 1 + rounding,
    freshUse: fresh === undefined ? null : use(costsOf(choice, strategy, fresh)),
    ...effort,
  };
}

function lossOf({ kind }: SingleChoice, value: number, optimum: number): number {
  const isRate = kind === "concurrent" || kind === "backlogged";
  return isRate ? 1 - value / optimum : value / optimum - 1;
}

/** Inference that holds while training starves solves nothing: the problem asked for training. */
function isStarved(choice: { readonly kind: string }): boolean {
  return choice.kind === "concurrent" && (choice as Extract<SingleChoice, { kind: "concurrent" }>).trainingRate === 0;
}

function costsOf(choice: SingleChoice, { input }: Strategy, lookUp: LookUp): CandidateCosts {
  const mode = input.grid.names.indexOf(choice.mode);
  const { training, served, idle } = workloadsOf(input.problem);
  const cost = (workload: string, batch: number | null) => lookUp({ mode, workload, batch }) as RunCost;
  const batches = batchesOfChoice(choice);
  const atRest = idle ? lookUp({ mode, workload: null, batch: null }) : null;
  return {
    ...(training === null ? {} : { training: cost(training, null) }),
    served: served.map(({ workload }, i) => cost(workload, batches[i]!)),
    ...(atRest !== null && "powerWatts" in atRest ? { idleWatts: atRest.powerWatts } : {}),
  };
}
