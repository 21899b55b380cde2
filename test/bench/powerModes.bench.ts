import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashSeed, seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ModeCost, type ModeGrid, type Strategy, type StrategyName, strategies } from "@partitune/solver";
import { type BoardName, grid441, noisyTable, type TrainingName, training } from "../solver/fixtures/boards.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

/** A table of measured costs and a budget that some of its modes meet. */
interface SearchProblem {
  readonly name: string;
  readonly grid: ModeGrid;
  readonly costs: readonly ModeCost[];
  readonly budgetWatts: number;
  /** Least time within the budget, by brute force. */
  readonly optimum: number;
}

/** How far a search was from the optimum of each problem, per number of probes; `null` where it found nothing. */
type Losses = ReadonlyMap<number, readonly (number | null)[]>;

const zeus = join(import.meta.dirname, "../../../shared/data/zeus");
const probeCounts = [11, 15];
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/**
 * Searching the fastest mode of a training within a power budget: three synthetic boards (five workloads, 21 budgets, three repeats of
 * the noise) and the measured tables of Zeus where present. The loss is the time over that of the best mode of the same noisy table.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const board of ["A", "B", "C"] as const) {
    const problems = boardProblems(board);
    const label = `synthetic board ${board}`;
    rows.push(...lossRows(label, "roofline", lossesOf("roofline", problems), { 11: 0.003, 15: 0.0017 }, 0.05));
    rows.push(...lossRows(label, "gmd", lossesOf("gmd", problems), { 15: 0.011 }));
    rows.push(...lossRows(label, "random", lossesOf("random", problems), {}));
  }
  for (const card of ["a40", "v100"]) {
    const file = join(zeus, `summary_power_${card}.csv`);
    if (!existsSync(file)) {
      process.stderr.write(`powerModes: skipped ${card}, as ${file} is absent\n`);
      continue;
    }
    const problems = zeusProblems(file);
    rows.push(...lossRows(`Zeus ${card}`, "gmd", lossesOf("gmd", problems), { 15: 0.0005 }));
    rows.push(...lossRows(`Zeus ${card}`, "random", lossesOf("random", problems), {}));
  }
  return [...rows, askRow()];
}

function boardProblems(board: BoardName): readonly SearchProblem[] {
  const budgets = Array.from({ length: 21 }, (_, i) => 10 + 2 * i);
  return (Object.keys(training) as TrainingName[]).flatMap((workload) =>
    [0, 1, 2].flatMap((repeat) => {
      const costs = noisyTable(board, workload, grid441, repeat);
      return problemsOf(`${board} ${workload} ${repeat}`, grid441, costs, budgets);
    }),
  );
}

/** One problem per table and multiple of 5 W from its least power to the first beyond its highest. */
function zeusProblems(file: string): readonly SearchProblem[] {
  const [header, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  assert.equal(header, "dataset,network,batch_size,optimizer,power_limit,time_per_epoch,average_power");
  const tables = Map.groupBy(lines, (line) => line.split(",").toSpliced(4).toSpliced(2, 1).join());
  return [...tables].flatMap(([name, table]) => {
    const cells = table.map((line) => line.split(",").map(Number));
    const costs = cells.map((row) => ({ timeSeconds: row[5]!, powerWatts: row[6]! }));
    const grid: ModeGrid = {
      dimensions: [
        { name: "batch", kind: "free", quantity: "batch" },
        { name: "cap", kind: "mono", quantity: "power-cap" },
      ],
      modes: cells.map((row) => [row[2]!, row[4]!]),
      names: cells.map((row) => `${row[2]}/${row[4]}`),
    };
    const powers = costs.map(({ powerWatts }) => powerWatts).sort((a, b) => a - b);
    const first = Math.ceil(powers[0]! / 5);
    const count = Math.ceil(powers.at(-1)! / 5) - first + 1;
    return problemsOf(
      name,
      grid,
      costs,
      Array.from({ length: count }, (_, i) => 5 * (first + i)),
    );
  });
}

/** Budgets that no mode meets are left out. */
function problemsOf(
  name: string,
  grid: ModeGrid,
  costs: readonly ModeCost[],
  budgets: readonly number[],
): readonly SearchProblem[] {
  return budgets.flatMap((budgetWatts) => {
    const feasible = costs.filter(({ powerWatts }) => powerWatts <= budgetWatts);
    if (feasible.length === 0) return [];
    const optimum = Math.min(...feasible.map(({ timeSeconds }) => timeSeconds));
    return [{ name, grid, costs, budgetWatts, optimum }];
  });
}

/** Searches with more probes begin like those with fewer, so one search serves all numbers of probes. */
function lossesOf(name: StrategyName, problems: readonly SearchProblem[]): Losses {
  const losses = new Map(probeCounts.map((count) => [count, [] as (number | null)[]]));
  for (const problem of problems) {
    const { grid, costs, budgetWatts } = problem;
    const random = seededRandom(hashSeed(problem.name, budgetWatts));
    const strategy = strategies[name]({
      grid,
      problem: fastestWithin(budgetWatts),
      probes: Math.max(...probeCounts),
      random,
    });
    for (const count of probeCounts) {
      while (strategy.observations().length < count && step(strategy, costs));
      losses.get(count)!.push(lossOf(strategy, problem));
    }
  }
  return losses;
}

function fastestWithin(budgetWatts: number): ModeProblem {
  return { kind: "training", training: "training", objective: "time", budgetWatts };
}

function step(strategy: Strategy, costs: readonly ModeCost[]): boolean {
  const proposal = strategy.ask();
  if (proposal === null) return false;
  strategy.tell(proposal.run, costs[proposal.run.mode]!);
  return true;
}

/** The time of the fastest mode measured within the budget over the optimum; the answer may take one 0.5 % slower for less power. */
function lossOf(strategy: Strategy, { budgetWatts, optimum }: SearchProblem): number | null {
  const feasible = strategy.observations().filter(({ powerWatts }) => powerWatts <= budgetWatts);
  assert.equal(strategy.answer().status === "optimal", feasible.length > 0, "an answer must be a measured one");
  if (feasible.length === 0) return null;
  const timeSeconds = Math.min(...feasible.map((observation) => observation.timeSeconds!));
  assert.ok(timeSeconds >= optimum, "a search beat brute force");
  return timeSeconds / optimum - 1;
}

function lossRows(
  label: string,
  strategy: string,
  losses: Losses,
  targets: Readonly<Record<number, number>>,
  largest = Number.POSITIVE_INFINITY,
): BenchRow[] {
  return [...losses].map(([count, list]) => {
    const solved = list.filter((loss) => loss !== null).sort((a, b) => a - b);
    const mean = solved.reduce((sum, loss) => sum + loss, 0) / solved.length;
    const unsolved = list.length - solved.length;
    const above = solved.filter((loss) => loss > 0.05).length;
    const limit = targets[count];
    const bounds = `, none unsolved${largest < Number.POSITIVE_INFINITY ? `, none above ${percents.format(largest)}` : ""}`;
    const p90 = solved[Math.floor(0.9 * solved.length)]!;
    return {
      name: `${label}, ${strategy}, ${count} probes: mean loss of time`,
      ...(limit !== undefined && { target: `≤ ${percents.format(limit)}${bounds}` }),
      value: 100 * mean,
      unit: "%",
      met: limit === undefined ? null : mean <= limit && unsolved === 0 && solved.at(-1)! <= largest,
      note: `of ${list.length}: ${unsolved} unsolved, ${above} above 5 %; p90 ${percents.format(p90)}, most ${percents.format(solved.at(-1)!)}`,
    };
  });
}

/** Mean time of the questions of one search. */
function askRow(): BenchRow {
  const costs = noisyTable("B", "yolo", grid441, 0);
  const probes = 15;
  const seconds = medianSeconds(() => {
    const strategy = strategies.roofline({
      grid: grid441,
      problem: fastestWithin(22),
      probes,
      random: seededRandom("ask"),
    });
    while (step(strategy, costs));
  });
  const value = (1000 * seconds) / probes;
  return { name: "roofline: one question on 441 modes", target: "≤ 20 ms", value, unit: "ms", met: value <= 20 };
}
