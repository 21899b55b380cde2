import assert from "node:assert/strict";
import { hashSeed, type Random, seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ProblemTables, type RunOutcome, type Strategy, strategies } from "@partitune/solver";
import { grid441, type TrainingName, training } from "../solver/fixtures/boards.ts";
import { boardTables, inferenceNames, servedBatches } from "../solver/fixtures/boardTables.ts";
import { bruteConcurrent, bruteInference, bruteTwo } from "../solver/problems/brute.ts";
import { budgetsWatts } from "../solver/problems/powerGrid.ts";
import type { BenchRow } from "./benchRow.ts";

/** Kinds of the evaluation grid, how many of its 279,169 problems are of each, and the mean loss to reach. */
const kinds = {
  training: { problems: 205, target: 0.011 },
  inference: { problems: 30_996, target: 0.0115 },
  reserve: { problems: 154_980, target: 0.0094 },
  slack: { problems: 0, target: 0.019 },
  "two-inferences": { problems: 92_988, target: undefined },
} as const;
type Kind = keyof typeof kinds;

const drawn = 1000;
const probes = 15;
const limitSeconds = 300;
const limitMebibytes = 2048;
const cores = 2;
const latencies = [0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1, 1.5];
const trainings = Object.keys(training) as TrainingName[];
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/** What gmd reached on the problems drawn of one kind. */
interface Outcome {
  readonly losses: readonly number[];
  readonly unsolved: number;
  readonly seconds: number;
}

/**
 * gmd with 15 modes on a random thousand problems of each kind of the evaluation grid, on synthetic board A with noise. Every optimum is
 * that of a plain enumeration of the same table; the time of all problems of the grid follows from that of those drawn.
 */
export async function bench(): Promise<BenchRow[]> {
  const tables = boardTables("A", grid441, 0);
  const lookUp = lookUpIn(tables);
  const outcomes = new Map((Object.keys(kinds) as Kind[]).map((kind) => [kind, searchAll(kind, tables, lookUp)]));
  const rows = [...outcomes].map(([kind, outcome]) => lossRow(kind, outcome));
  let seconds = 0;
  for (const [kind, outcome] of outcomes) seconds += (kinds[kind].problems * outcome.seconds) / drawn;
  const value = seconds / cores;
  return [
    ...rows,
    {
      name: "gmd over all 279,169 problems, two cores, from those drawn",
      target: `≤ ${limitSeconds} s`,
      value,
      unit: "s",
      met: value <= limitSeconds,
      note: [...outcomes].map(([kind, { seconds }]) => `${kind} ${millisecondsEach(seconds)} ms`).join(", "),
    },
    memoryRow(),
  ];
}

/** Searches leave nothing behind, so that more of them take no more memory. */
function memoryRow(): BenchRow {
  const value = process.resourceUsage().maxRSS / 1024;
  return {
    name: "the searches of this bench and its enumerations: peak memory",
    target: `≤ ${limitMebibytes} MiB`,
    value,
    unit: "MiB",
    met: value <= limitMebibytes,
  };
}

type LookUp = (run: {
  readonly mode: number;
  readonly workload: string | null;
  readonly batch: number | null;
}) => RunOutcome;

function searchAll(kind: Kind, tables: ProblemTables, lookUp: LookUp): Outcome {
  const random = seededRandom(hashSeed("gmd grid", kind));
  const losses: number[] = [];
  let unsolved = 0;
  let seconds = 0;
  for (let i = 0; i < drawn; i++) {
    const problem = drawProblem(kind, tables, random);
    const start = process.cpuUsage();
    const strategy = strategies.gmd({ grid: grid441, problem, probes, random: seededRandom(i) });
    play(strategy, lookUp);
    const answer = strategy.answer();
    seconds += process.cpuUsage(start).user / 1e6;
    const optimum = bruteValue(problem, tables);
    const found = answer.status === "optimal" ? answer.value : 0;
    if (optimum === null) {
      assert.equal(found, 0, "gmd solved what enumeration finds infeasible");
      continue;
    }
    if (found === 0) unsolved++;
    else losses.push(lossOf(kind, found, optimum));
  }
  return { losses: losses.sort((a, b) => a - b), unsolved, seconds };
}

function play(strategy: Strategy, lookUp: LookUp): void {
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    strategy.tell(proposal.run, lookUp(proposal.run));
  }
}

/** Enumerations follow windows for a while, so that their rates are off by up to 0.2 %. */
const enumerationError = 2e-3;

function lossOf(kind: Kind, found: number, optimum: number): number {
  const loss = kind === "reserve" || kind === "slack" ? 1 - found / optimum : found / optimum - 1;
  assert.ok(loss > -enumerationError, "gmd beat the enumeration");
  return Math.max(0, loss);
}

function lossRow(kind: Kind, { losses, unsolved, seconds }: Outcome): BenchRow {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const { target } = kinds[kind];
  const above = losses.filter((loss) => loss > 0.05).length;
  return {
    name: `synthetic board A, gmd, ${probes} modes, ${kind}: mean loss`,
    ...(target !== undefined && { target: `≤ ${percents.format(target)}, none unsolved` }),
    value: 100 * mean,
    unit: "%",
    met: target === undefined ? null : mean <= target && unsolved === 0,
    note:
      `${losses.length + unsolved} of ${drawn} solvable, ${unsolved} of them unsolved, ${above} above 5 %; ` +
      `p90 ${percents.format(losses[Math.floor(0.9 * losses.length)]!)}, most ${percents.format(losses.at(-1)!)}; ${millisecondsEach(seconds)} ms a problem`,
  };
}

function drawProblem(kind: Kind, tables: ProblemTables, random: Random): ModeProblem {
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  const watts = pick(budgetsWatts);
  if (kind === "training") return { kind, training: pick(trainings), objective: "time", budgetWatts: watts };
  const level = 0.01 * 60 ** (random.integer(18) / 17);
  const latencySeconds = pick(latencies);
  const served = (workload: string, part: number, factor: number) => ({
    workload,
    batches: servedBatches,
    ratePerSecond: part * saturatedRate(workload, tables),
    latencySeconds: factor * latencySeconds,
  });
  const first = served(pick(inferenceNames), level, 1);
  const budget = { kind: "peak", watts } as const;
  if (kind === "inference") return { kind, inference: first, dispatchers: ["windowed"], objective: "latency", budget };
  if (kind === "two-inferences") {
    return { kind, urgent: first, nonUrgent: served(pick(inferenceNames), 0.2, 4), objective: "latency", budget };
  }
  return {
    kind: "concurrent",
    training: pick(trainings),
    inference: first,
    policy: kind,
    dispatcher: "windowed",
    budget,
  };
}

function saturatedRate(workload: string, { inference }: ProblemTables): number {
  return 64 / inference.get(workload)!.findLast(({ batch }) => batch === 64)!.seconds;
}

/** The optimum by plain enumeration; null when nothing solves the problem, or training starves. */
function bruteValue(problem: ModeProblem, tables: ProblemTables): number | null {
  switch (problem.kind) {
    case "inference": {
      const { workload, ratePerSecond, latencySeconds } = problem.inference;
      const rows = tables.inference.get(workload)!;
      return finite(bruteInference(rows, ratePerSecond, latencySeconds!, problem.budget!.watts));
    }
    case "concurrent": {
      const rows = {
        training: tables.training.get(problem.training)!,
        inference: tables.inference.get(problem.inference.workload)!,
      };
      const { ratePerSecond, latencySeconds } = problem.inference;
      const demand = { ratePerSecond, latencySeconds, policy: problem.policy, dispatcher: problem.dispatcher };
      return bruteConcurrent(rows, demand, problem.budget.watts) || null;
    }
    case "two-inferences": {
      const [urgent, nonUrgent] = [problem.urgent, problem.nonUrgent];
      const demands = { urgentDemand: urgent, nonUrgentDemand: nonUrgent };
      const [first, second] = [urgent, nonUrgent].map(({ workload }) => tables.inference.get(workload)!);
      return finite(bruteTwo(first!, second!, demands, problem.budget.watts));
    }
    case "training": {
      const rows = tables.training.get(problem.training)!.filter(({ watts }) => watts <= problem.budgetWatts!);
      return finite(Math.min(...rows.map(({ seconds }) => seconds)));
    }
    default:
      throw new Error(`the grid has no problem "${problem.kind}"`);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function lookUpIn(tables: ProblemTables): LookUp {
  const columns = new Map<string, RunOutcome[]>();
  const rows = new Map(grid441.names.map((name, row) => [name, row]));
  const add = (workload: string, batch: number | null, mode: string, cost: RunOutcome) => {
    const key = `${workload} ${batch}`;
    const column = columns.get(key) ?? [];
    column[rows.get(mode)!] = cost;
    columns.set(key, column);
  };
  for (const [workload, list] of tables.training) {
    for (const { mode, seconds, watts } of list) add(workload, null, mode, { timeSeconds: seconds, powerWatts: watts });
  }
  for (const [workload, list] of tables.inference) {
    for (const { mode, batch, seconds, watts } of list) {
      add(workload, batch, mode, { timeSeconds: seconds, powerWatts: watts });
    }
  }
  return ({ mode, workload, batch }) => columns.get(`${workload} ${batch}`)![mode]!;
}

function millisecondsEach(seconds: number): string {
  return ((1000 * seconds) / drawn).toPrecision(2);
}
