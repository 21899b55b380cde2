import assert from "node:assert/strict";
import { hashSeed, seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ModeCost, type Strategy, strategies } from "@partitune/solver";
import { type BoardName, grid441, noisyTable, type TrainingName, training } from "../solver/fixtures/boards.ts";
import type { BenchRow } from "./benchRow.ts";

const trainingNames = Object.keys(training) as readonly TrainingName[];
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/**
 * One campaign of `als` for all power budgets of a training, on three synthetic boards with five workloads and two repeats of the noise.
 * The loss is the time over that of the best mode of the same noisy table.
 */
export async function bench(): Promise<BenchRow[]> {
  return (["A", "B", "C"] as const).flatMap(boardRows);
}

/** Mean loss of training alone over the budgets 9, 10, …, 50 W, and over those half-way between, with one set of modes for all. */
function boardRows(board: BoardName): BenchRow[] {
  const whole = Array.from({ length: 42 }, (_, i) => 9 + i);
  const targets: Readonly<Record<number, number>> = { 30: 0.01, 50: { A: 0.0085, B: 0.016, C: 0.01 }[board] };
  const counts = [30, 50];
  const losses = counts.map(() => ({ whole: [] as number[], between: [] as number[] }));
  for (const workload of trainingNames) {
    for (const repeat of [0, 1]) {
      const costs = noisyTable(board, workload, grid441, repeat);
      const problem: ModeProblem = { kind: "training", training: workload, objective: "time" };
      const random = seededRandom(hashSeed("als", workload, repeat));
      const strategy = strategies.als({ grid: grid441, problem, probes: Math.max(...counts), random });
      for (const [c, count] of counts.entries()) {
        while (strategy.observations().length < count && step(strategy, costs));
        losses[c]!.whole.push(...lossesOver(whole, strategy, costs));
        losses[c]!.between.push(
          ...lossesOver(
            whole.map((watts) => watts + 0.5),
            strategy,
            costs,
          ),
        );
      }
    }
  }
  return counts.map((count, c) => {
    const sorted = losses[c]!.whole.toSorted((a, b) => a - b);
    const target = targets[count]!;
    const value = meanOf(sorted);
    return {
      name: `synthetic board ${board}, als, ${count} modes: mean loss over all budgets`,
      target: `≤ ${percents.format(target)}`,
      value: 100 * value,
      unit: "%",
      met: value <= target,
      note: `p90 ${percents.format(sorted[Math.floor(0.9 * sorted.length)]!)}, most ${percents.format(sorted.at(-1)!)}; ${percents.format(meanOf(losses[c]!.between))} over budgets of half watts`,
    };
  });
}

function lossesOver(
  budgets: readonly number[],
  strategy: Strategy,
  costs: readonly { readonly timeSeconds: number; readonly powerWatts: number }[],
): readonly number[] {
  const solvable = budgets.filter((budget) => leastTime(costs, budget) < Number.POSITIVE_INFINITY);
  return solvable.map((budget) => {
    const found = leastTime(strategy.observations(), budget);
    const loss = found === Number.POSITIVE_INFINITY ? 1 : found / leastTime(costs, budget) - 1;
    assert.ok(loss >= 0, "a set of modes beat brute force");
    return loss;
  });
}

function leastTime(
  rows: readonly { readonly timeSeconds: number | null; readonly powerWatts: number }[],
  budgetWatts: number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { timeSeconds, powerWatts } of rows) if (powerWatts <= budgetWatts) least = Math.min(least, timeSeconds!);
  return least;
}

function step(strategy: Strategy, costs: readonly ModeCost[]): boolean {
  const proposal = strategy.ask();
  if (proposal === null) return false;
  strategy.tell(proposal.run, costs[proposal.run.mode]!);
  return true;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
