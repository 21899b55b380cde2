import {
  type Demand,
  describeInput,
  InputError,
  loadJson,
  type Metric,
  metricNames,
  type ParetoFront,
  type Problem,
  type Solution,
} from "@partitune/schema";
import { accept } from "@partitune/simulator";
import {
  configFront,
  explain,
  findCandidates,
  formulate,
  type MethodName,
  methods,
  type ObjectiveName,
  objectives,
  planFront,
  type RuleName,
  rules,
  solve,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatFront } from "../formatFront.ts";
import { formatPlan } from "../formatPlan.ts";
import { loadPredictor, type PredictionSource } from "../loadPredictor.ts";
import { madeNow } from "../made.ts";
import { parseDemand } from "../parseDemand.ts";
import { printable } from "../printable.ts";
import { checkOutput, type OutputOptions, printJson, writeOutput } from "../writeOutput.ts";

interface SolveOptions extends OutputOptions {
  readonly demand?: readonly string[];
  readonly demands?: string;
  readonly method: MethodName;
  readonly objective: ObjectiveName;
  readonly rule: RuleName;
  readonly judge: boolean;
  readonly front?: string;
  readonly workload?: string;
  readonly extrapolate?: boolean;
  readonly problem?: string;
}

export function solveCommand(): Command {
  return new Command("solve")
    .description(
      "Finds the best plan for demands, with a proof or a bound. Exits with 1 and the reason when there is none.",
    )
    .argument("<source>", "surrogate file, or profile folder (then only what was measured is considered)")
    .option("--demand <text>", 'one demand, "NAME RATE/s DEADLINE pQ"; may be repeated', collectValues)
    .option("--demands <file>", "a file of demands")
    .addOption(new Option("--method <name>", "how to search").choices(Object.keys(methods)).default("milp"))
    .addOption(new Option("--objective <name>", "what to minimise").choices(Object.keys(objectives)).default("share"))
    .addOption(new Option("--rule <name>", "what admits a choice").choices(Object.keys(rules)).default("queue"))
    .option("--no-judge", "do not let the simulator reject plans while solving")
    .option("--extrapolate", "admit choices outside what was measured")
    .option(
      "--front <names>",
      "instead of one plan: the Pareto front over two or three metrics (of configurations) or objectives (of plans)",
    )
    .option("--workload <name>", "with --front over metrics: whose configurations")
    .option("--problem <file>", "also write the problem, as data")
    .option("--out <file>", "where to write the plan or front")
    .option("--json", "print the plan or front to stdout; where there is no plan, why")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune solve r18.surrogate.json --demand "resnet18 20/s 200ms p99" --out plan.json
  $ partitune solve profiles/r18 --front latency_p50_s,throughput_per_s
  $ partitune solve all.surrogate.json --demands demands.json --front share,latency --out front.json`,
    )
    .action(async (path: string, options: SolveOptions) => {
      checkOutput(options);
      if (options.problem !== undefined) checkOutput({ out: options.problem });
      process.exitCode =
        options.front === undefined ? await solvePlan(path, options) : solveFront(path, options.front, options);
    });
}

async function solvePlan(path: string, options: SolveOptions): Promise<number> {
  const problem = stateProblem(path, options);
  const solution = await solve(problem, {
    method: options.method,
    ...(options.judge ? { accept: (plan) => accept(plan) } : {}),
  });
  if (solution.status === "infeasible" || solution.status === "unknown") {
    if (options.json === true) printJson(solution);
    return explainNo(solution);
  }
  if (options.json !== true) process.stdout.write(formatPlan(solution.plan));
  writeOutput(solution.plan, options);
  return exitCodes.yes;
}

/** States the problem, and saves it where the user asked for it. */
function stateProblem(path: string, options: SolveOptions): Problem {
  const made = madeNow(null, inputsOf(path, options));
  const problem = formulateFrom(loadPredictor(path), readDemands(options), { ...options, made });
  if (options.problem !== undefined) writeOutput(problem, { out: options.problem });
  return problem;
}

function inputsOf(path: string, { demands }: SolveOptions): Problem["made"]["inputs"] {
  return [path, ...(demands === undefined ? [] : [demands])].map(describeInput);
}

/** States the problem for demands over whatever a source knows. */
export function formulateFrom(
  { source, predict }: PredictionSource,
  demands: readonly Demand[],
  options: { objective: ObjectiveName; rule: RuleName; extrapolate?: boolean; made: Problem["made"] },
): Problem {
  return formulate({
    device: source.device,
    workloads: source.workloads,
    demands,
    predict,
    candidates: findCandidates(source),
    objective: options.objective,
    rule: options.rule,
    allowExtrapolated: options.extrapolate ?? false,
    made: options.made,
  });
}

/** Prints why there is no plan; returns the exit code. */
export function explainNo(solution: Extract<Solution, { status: "infeasible" | "unknown" }>): number {
  process.stderr.write(
    `${solution.status}: ${solution.status === "infeasible" ? "no plan meets all demands" : "no plan was found, which proves nothing"}\n`,
  );
  for (const reason of solution.reasons) process.stderr.write(`  ${printable(reason.text)}\n`);
  return exitCodes.no;
}

function readDemands(options: SolveOptions): readonly Demand[] {
  const typed = (options.demand ?? []).map(parseDemand);
  const filed = options.demands === undefined ? [] : loadJson(options.demands, "demands").demands;
  if (typed.length + filed.length > 0) return [...typed, ...filed];
  throw new InputError({
    what: "the command line",
    problem: "names no demand",
    advice: 'add --demand "NAME 20/s 200ms p99" or --demands FILE',
  });
}

function solveFront(path: string, names: string, options: SolveOptions): number {
  const axes = names.split(",").map((name) => name.trim());
  return axes.every(isMetric) ? frontOfConfigs(path, axes, options) : frontOfPlans(path, asObjectives(axes), options);
}

function frontOfConfigs(path: string, metrics: readonly Metric[], options: SolveOptions): number {
  const idle = (["demand", "demands", "problem"] as const).find((name) => options[name] !== undefined);
  if (idle !== undefined) throw idleOption(idle, "metrics", "leave it out, or give objectives");
  const front = configFront({
    ...loadPredictor(path),
    metrics,
    made: madeNow(null, inputsOf(path, options)),
    ...(options.workload === undefined ? {} : { workload: options.workload }),
  });
  showFront(front, options);
  if (front.points.some((point) => point.onFront)) return exitCodes.yes;
  process.stderr.write(
    `infeasible: all ${front.points.length} configurations rest on extrapolation or break a limit\n`,
  );
  return exitCodes.no;
}

function frontOfPlans(path: string, names: readonly ObjectiveName[], options: SolveOptions): number {
  if (options.workload !== undefined) throw idleOption("workload", "objectives", "leave it out, or give metrics");
  const problem = stateProblem(path, options);
  const front = planFront(problem, names, madeNow(null, inputsOf(path, options)));
  showFront(front, options);
  if (front.points.some((point) => point.onFront)) return exitCodes.yes;
  return explainNo({ status: "infeasible", reasons: explain(problem) });
}

function showFront(front: ParetoFront, options: SolveOptions): void {
  if (options.json !== true) process.stdout.write(formatFront(front));
  writeOutput(front, options);
}

function idleOption(name: string, axes: string, advice: string): InputError {
  return new InputError({ what: `option --${name}`, problem: `has no effect on a front over ${axes}`, advice });
}

function isMetric(name: string): name is Metric {
  return metricNames.includes(name as Metric);
}

function asObjectives(names: readonly string[]): readonly ObjectiveName[] {
  const known = Object.keys(objectives);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names as readonly ObjectiveName[];
  throw new InputError({
    what: `option --front "${wrong}"`,
    problem: "is neither a metric nor an objective, or both kinds are mixed",
    advice: `give metrics (${metricNames.join(", ")}) or objectives (${known.join(", ")})`,
  });
}
