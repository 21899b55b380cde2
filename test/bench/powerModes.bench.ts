import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hashSeed, seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ModeCost, type Strategy, type StrategyName, strategies } from "@partitune/solver";
import { grid441, noisyTable } from "../solver/fixtures/boards.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";
import { boardProblems, type TrainingSearch, zeusFile, zeusProblems } from "./trainingProblems.ts";

/** How far a search was from the optimum of each problem, per number of probes; `null` where it found nothing. */
type Losses = ReadonlyMap<number, readonly (number | null)[]>;

const budgets = Array.from({ length: 21 }, (_, i) => 10 + 2 * i);
const probeCounts = [11, 15];
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/**
 * Searching the fastest mode of a training within a power budget: three synthetic boards (five workloads, 21 budgets, three repeats of
 * the noise) and the measured tables of Zeus where present. The loss is the time over that of the best mode of the same noisy table.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const board of ["A", "B", "C"] as const) {
    const problems = boardProblems(board, budgets, [0, 1, 2]);
    const label = `synthetic board ${board}`;
    rows.push(...lossRows(label, "roofline", lossesOf("roofline", problems), { 11: 0.003, 15: 0.0017 }, 0.05));
    rows.push(...lossRows(label, "gmd", lossesOf("gmd", problems), { 15: 0.011 }));
    rows.push(...lossRows(label, "random", lossesOf("random", problems), {}));
  }
  for (const card of ["a40", "v100"]) {
    const file = zeusFile(card);
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

/** Searches with more probes begin like those with fewer, so one search serves all numbers of probes. */
function lossesOf(name: StrategyName, problems: readonly TrainingSearch[]): Losses {
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
function lossOf(strategy: Strategy, { budgetWatts, optimum }: TrainingSearch): number | null {
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
