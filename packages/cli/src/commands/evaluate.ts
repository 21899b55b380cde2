import { availableParallelism } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@partitune/numerics";
import {
  type Device,
  describeInput,
  type Evaluation,
  type EvaluationSummary,
  InputError,
  type Profile,
  saveJson,
  writeFileAtomically,
} from "@partitune/schema";
import {
  type ProblemGroup,
  problemGroups,
  type StrategyName,
  strategies,
  summariseScores,
  toModeGrid,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { evaluationGrid, type GridOptions } from "../evaluation/evaluationGrid.ts";
import { type EvaluationJournal, openEvaluationJournal, searchedProblems } from "../evaluation/evaluationJournal.ts";
import { runPool } from "../evaluation/evaluationPool.ts";
import type { EvaluationRequest } from "../evaluation/evaluationRequest.ts";
import { type EvaluationTask, evaluationTasks } from "../evaluation/evaluationTasks.ts";
import { formatResults } from "../evaluation/formatResults.ts";
import { loadTables, readSource } from "../evaluation/loadTables.ts";
import type { SeedTables } from "../evaluation/runTask.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatEvaluation } from "../formatEvaluation.ts";
import { type LearnerName, learnerNames, learningStrategies } from "../learners.ts";
import { madeNow } from "../made.ts";
import { parseCount, parseCounts, parseMargin } from "../parseLists.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { usualStrategy } from "../usualStrategy.ts";
import { printJson } from "../writeOutput.ts";
import { writePage } from "./report.ts";

interface EvaluateOptions extends GridOptions {
  readonly strategies?: string;
  readonly probes: string;
  readonly seeds: string;
  readonly sample: string;
  readonly learner: LearnerName;
  readonly reference: string;
  readonly margin: string;
  readonly seed: string;
  readonly threads?: string;
  readonly out: string;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description(
      "Compares search strategies with the exact optimum over a grid of power-mode problems. Finished searches are on disk: the same command goes on after a stop.",
    )
    .argument("<source>", "profile folder, or the name of a synthetic device, which has fresh noise for every seed")
    .option(
      "--strategies <list>",
      `of ${Object.keys(strategies).join(", ")}; the usual one, gmd and random when absent`,
    )
    .option("--probes <list>", "power modes that a search may measure", "15")
    .option(
      "--kinds <list>",
      "of training, inference, concurrent, two-inferences; all that the tables allow when absent",
    )
    .addOption(
      new Option("--policy <name>", "when training may start beside inference")
        .choices(["reserve", "slack", "greedy"])
        .default("slack"),
    )
    .option(
      "--budgets <levels>",
      "power budgets, W: 10..50, 100..300/25 or a list; 41 over what was measured when absent",
    )
    .option("--latencies-ms <levels>", "latencies to promise, ms; 14 from 30 to 1500 when absent")
    .option("--loads <levels>", "rates, as parts of the highest sustained; 18 from 0.01 to 0.6 when absent")
    .option("--sample <count>", 'problems drawn of each kind, or "all"', "1000")
    .option("--seeds <count>", "times each problem is searched", "1")
    .addOption(
      new Option("--learner <name>", "what nn-k and transfer learn with").choices([...learnerNames]).default("neural"),
    )
    .option(
      "--reference <names>",
      "workloads that a learner may start from; problems that run one of them need another",
      "",
    )
    .option("--margin <fraction>", 'part of each budget left free when choosing; "likely": choose as search does', "0")
    .option("--seed <text>", "seed of everything drawn", "partitune")
    .option("--threads <count>", "threads to work on; all cores when absent")
    .requiredOption("--out <folder>", "folder of results.csv, evaluation.json and the page index.html")
    .option("--json", "print the evaluation to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune evaluate datasets/synthetic-orin-agx --strategies roofline,gmd,random --sample 200 --out evaluations/orin
  $ partitune evaluate profiles/a40 --strategies gmd,random --probes 10,15 --out evaluations/a40`,
    )
    .action(async (source: string, options: EvaluateOptions) => {
      process.exitCode = await evaluate(source, options);
    });
}

async function evaluate(name: string, options: EvaluateOptions): Promise<number> {
  const { request, groups, device, gridSource } = readRequest(name, options);
  checkStrategies(request, groups, gridSource);
  const tasks = evaluationTasks(request, groups);
  const journal = openEvaluationJournal(options.out, request);
  const threads = options.threads === undefined ? availableParallelism() : parseCount("--threads", options.threads);
  const isComplete = await searchAll(request, tasks, journal, threads);
  if (!isComplete) return exitCodes.interrupted;
  const evaluation: Evaluation = {
    kind: "evaluation",
    version: 1,
    made: madeNow(request.seed, request.source.kind === "profile" ? [describeInput(name)] : []),
    device,
    source: name,
    grid: request.grid,
    sampled: request.sample,
    seeds: request.seeds,
    margin: request.margin,
    summaries: summariesOf(tasks, journal, (group) => groups[group]!.kind),
    synthetic: device.synthetic,
  };
  const budgets = request.grid.budgetsWatts;
  writeFileAtomically(
    join(options.out, "results.csv"),
    formatResults(searchedProblems(tasks, journal), groups, budgets),
  );
  saveJson(join(options.out, "evaluation.json"), evaluation);
  writePage(join(options.out, "index.html"), `Search strategies on ${device.name}`, [
    join(options.out, "evaluation.json"),
  ]);
  if (options.json === true) printJson(evaluation);
  else process.stdout.write(formatEvaluation(evaluation));
  process.stderr.write(`wrote results.csv, evaluation.json and index.html to ${options.out}\n`);
  return evaluation.summaries.some(({ falseAnswers }) => falseAnswers > 0) ? exitCodes.no : exitCodes.yes;
}

/** What is asked for, with what stating it has loaded: the problems, and the modes to choose from. */
interface StatedEvaluation extends Pick<SeedTables, "device" | "gridSource"> {
  readonly request: EvaluationRequest;
  readonly groups: readonly ProblemGroup[];
}

function readRequest(name: string, options: EvaluateOptions): StatedEvaluation {
  const source = readSource(name);
  const { device, tables, gridSource } = loadTables(source, 0);
  const grid = evaluationGrid(options, tables);
  const groups = problemGroups(grid, tables);
  const usual = usualStrategy(toModeGrid(gridSource, groups[0]!.problems[0]!));
  const request: EvaluationRequest = {
    source,
    grid,
    strategies: readStrategies(options.strategies ?? `${usual},gmd,random`),
    probes: parseCounts("--probes", options.probes),
    seeds: parseCount("--seeds", options.seeds),
    learner: options.learner,
    reference: options.reference
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== ""),
    margin: options.margin === "likely" ? null : parseMargin("--margin", options.margin),
    sample: options.sample === "all" ? null : parseCount("--sample", options.sample),
    seed: options.seed,
  };
  return { request, groups, device, gridSource };
}

function readStrategies(text: string): readonly StrategyName[] {
  const known = Object.keys(strategies);
  const names = text.split(",").map((name) => name.trim());
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return [...new Set(names)] as readonly StrategyName[];
  throw new InputError({
    what: `option --strategies "${text}"`,
    problem: `names "${stranger}", which is no strategy`,
    advice: `choose of ${known.join(", ")}`,
  });
}

/** Starts each strategy once, so that one that cannot search these modes is told before any search. */
function checkStrategies(
  { strategies: names, probes }: EvaluationRequest,
  groups: readonly ProblemGroup[],
  gridSource: Device | Profile,
): void {
  const problem = groups[0]!.problems[0]!;
  const grid = toModeGrid(gridSource, problem);
  for (const name of names) {
    if (learningStrategies.includes(name)) continue;
    strategies[name]({ grid, problem, probes: probes[0]!, random: seededRandom("check") });
  }
}

/** Does what is not done yet; false when it was stopped. */
async function searchAll(
  request: EvaluationRequest,
  tasks: readonly EvaluationTask[],
  journal: EvaluationJournal,
  threads: number,
): Promise<boolean> {
  const waiting = tasks.filter(({ id }) => !journal.finished.has(id));
  const total = tasks.reduce((sum, { places }) => sum + places.length, 0);
  let done = total - waiting.reduce((sum, { places }) => sum + places.length, 0);
  const [atStart, started] = [done, performance.now()];
  const progress = startProgress("evaluate");
  const stop = stopOnSignals();
  try {
    await runPool(
      request,
      waiting,
      threads,
      (result) => {
        journal.add(result);
        done += result.scores.length;
        const secondsEach = (performance.now() - started) / 1e3 / (done - atStart);
        progress.update({ what: "searches", done, total, secondsLeft: secondsEach * (total - done) });
      },
      stop.signal,
    );
  } finally {
    stop.release();
    progress.end(
      done === total ? undefined : `stopped after ${done} of ${total} searches; the same command goes on from there`,
    );
  }
  return done === total;
}

function summariesOf(
  tasks: readonly EvaluationTask[],
  journal: EvaluationJournal,
  kindOf: (group: number) => string,
): readonly EvaluationSummary[] {
  const searched = Map.groupBy(
    searchedProblems(tasks, journal),
    ({ task, place }) => `${kindOf(place[0])} ${task.strategy} ${task.probes}`,
  );
  const byKind = Map.groupBy(searched.values(), ([first]) => kindOf(first!.place[0]));
  return [...byKind.values()].flat().map((group) => {
    const { task, place } = group[0]!;
    const of = { kind: kindOf(place[0]), strategy: task.strategy, highestProbes: task.probes };
    return summariseScores(
      of,
      group.map(({ score }) => score),
    );
  });
}
