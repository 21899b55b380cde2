import {
  type Config,
  formatConfig,
  formatPartition,
  type Plan,
  type Problem,
  type Reason,
  type Solution,
} from "@partitune/schema";
import { type MethodName, methods } from "./methods/index.ts";
import type { Method, MethodOptions } from "./methods/method.ts";

/** What a judge of plans answers: agreed, or which workloads would break their promises, and why. */
export type Judgement = true | { readonly reject: readonly string[]; readonly reason: string };

/** Judges a plan, for instance by simulating it. */
export type Accept = (plan: Plan) => Judgement | Promise<Judgement>;

/** How a problem is solved. */
export interface SolveOptions extends MethodOptions {
  /** By default `milp`. */
  readonly method?: MethodName;
  /** Asked about every plan before it is returned. */
  readonly accept?: Accept;
  /** Plans that the judge may reject before the search is given up, by default 20. */
  readonly rounds?: number;
}

const defaultRounds = 20;

/**
 * Finds the best plan of a problem that a judge accepts.
 *
 * When the judge rejects workloads of a plan, the choices it made for them are excluded and the problem is solved again: a lazy cut.
 * So the answer is the best among plans that hold no rejected choice. Given up after a number of rounds, it says so.
 *
 * @example solve(problem, { method: "milp", accept: (plan) => judge(plan) })
 */
export async function solve(problem: Problem, options: SolveOptions = {}): Promise<Solution> {
  const method: Method = methods[options.method ?? "milp"];
  const rounds = options.rounds ?? defaultRounds;
  let current = problem;
  const rejections: Reason[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const solution = await method(current, options);
    if (solution.status === "infeasible" || solution.status === "unknown") {
      return { ...solution, reasons: [...solution.reasons, ...rejections] };
    }
    const judgement = options.accept === undefined ? true : await options.accept(solution.plan);
    if (judgement === true) return solution;
    const rejected = solution.plan.placements.filter(({ config }) => judgement.reject.includes(config.workload));
    rejections.push(...rejected.map(({ config }) => toReason(config.workload, judgement.reason, formatConfig(config))));
    if (rejected.length === 0) return { status: "unknown", reasons: [...rejections, nobodyNamed(judgement.reason)] };
    current = exclude(current, new Set(rejected.map(({ config }) => keyOf(config))), judgement.reason);
  }
  return { status: "unknown", reasons: [givenUp(rounds), ...rejections] };
}

function exclude(problem: Problem, configs: ReadonlySet<string>, reason: string): Problem {
  const violation = { constraint: "judge", amount: 1, text: reason };
  return {
    ...problem,
    settings: problem.settings.map((setting) => ({
      ...setting,
      groups: setting.groups.map((group) => ({
        ...group,
        choices: group.choices.map((choice) =>
          configs.has(keyOf(choice.config)) ? { ...choice, violations: [...choice.violations, violation] } : choice,
        ),
      })),
    })),
  };
}

/** Tells configurations apart whatever their names contain. */
function keyOf({ workload, powerMode, partition, batch }: Config): string {
  return JSON.stringify([workload, powerMode, formatPartition(partition), batch]);
}

function toReason(workload: string, reason: string, config: string): Reason {
  return { workload, constraint: "judge", missing: 0, text: `${config} was rejected: ${reason}` };
}

function nobodyNamed(reason: string): Reason {
  const text = `the judge rejected the plan without naming a workload of it: ${reason}; let it name who breaks a promise`;
  return { workload: null, constraint: "judge", missing: 0, text };
}

function givenUp(rounds: number): Reason {
  const text = `the judge rejected ${rounds + 1} plans, one after the other; allow more rounds or plan with a larger margin`;
  return { workload: null, constraint: "judge", missing: 0, text };
}
