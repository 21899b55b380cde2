import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModeCost, ModeGrid } from "@partitune/solver";
import { type BoardName, grid441, noisyTable, type TrainingName, training } from "../solver/fixtures/boards.ts";

/** A table of measured costs of a training and a power budget that some of its modes meet. */
export interface TrainingSearch {
  readonly name: string;
  readonly grid: ModeGrid;
  readonly costs: readonly ModeCost[];
  readonly budgetWatts: number;
  /** Least time within the budget, by brute force. */
  readonly optimum: number;
}

/** Every training of a synthetic board within every budget, on tables with the noise of every repeat. */
export function boardProblems(
  board: BoardName,
  budgets: readonly number[],
  repeats: readonly number[],
): readonly TrainingSearch[] {
  return (Object.keys(training) as TrainingName[]).flatMap((workload) =>
    repeats.flatMap((repeat) => {
      const costs = noisyTable(board, workload, grid441, repeat);
      return problemsOf(`${board} ${workload} ${repeat}`, grid441, costs, budgets);
    }),
  );
}

/** Where the measured tables of a card are, if they are there at all. */
export function zeusFile(card: string): string {
  return join(import.meta.dirname, `../../../shared/data/zeus/summary_power_${card}.csv`);
}

/** One problem per table and multiple of 5 W from its least power to the first beyond its highest. */
export function zeusProblems(file: string): readonly TrainingSearch[] {
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
): readonly TrainingSearch[] {
  return budgets.flatMap((budgetWatts) => {
    const feasible = costs.filter(({ powerWatts }) => powerWatts <= budgetWatts);
    if (feasible.length === 0) return [];
    const optimum = Math.min(...feasible.map(({ timeSeconds }) => timeSeconds));
    return [{ name, grid, costs, budgetWatts, optimum }];
  });
}
