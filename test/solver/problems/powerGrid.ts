import {
  byWatts,
  concurrentSweep,
  type InferenceRow,
  inferenceSweep,
  joinInferences,
  joinRows,
  type Policy,
  type TrainingRow,
  type TwoDemands,
  trainingSweep,
  twoInferencesSweep,
} from "@partitune/solver";
import { inferenceNames, inferenceRows, trainingNames, trainingRows } from "../fixtures/powerBoards.ts";

/** Five training and three inference workloads on the synthetic board, under every budget, promise and rate of an evaluation grid. */

export const budgetsWatts: readonly number[] = Array.from({ length: 41 }, (_, i) => 10 + i);

const latenciesSeconds: readonly number[] = [0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1, 1.5];

/** Levels of the rate, geometric from 1 % to 60 % of what the highest mode sustains in batches of 64. */
const rateLevels: readonly number[] = Array.from({ length: 18 }, (_, i) => 0.01 * 60 ** (i / 17));

export interface PowerTables {
  readonly training: readonly (readonly TrainingRow[])[];
  readonly inference: readonly (readonly InferenceRow[])[];
}

/** The board's tables with the noise of one repeat. */
export function powerTables(repeat: number): PowerTables {
  return {
    training: trainingNames.map((name) => trainingRows(name, repeat)),
    inference: inferenceNames.map((name) => inferenceRows(name, repeat)),
  };
}

/** What a workload, rate and promise ask for. */
export interface GridDemand {
  readonly ratePerSecond: number;
  readonly latencySeconds: number;
}

/** All rates and promises of an inference workload. */
export function demandsOf(rows: readonly InferenceRow[]): readonly GridDemand[] {
  const saturated = saturatedRate(rows);
  return rateLevels.flatMap((level) =>
    latenciesSeconds.map((latencySeconds) => ({ ratePerSecond: level * saturated, latencySeconds })),
  );
}

/** The demands of two inference workloads: the other comes at a fifth of its saturation and may take four times as long. */
export function twoDemandsOf(urgentDemand: GridDemand, nonUrgent: readonly InferenceRow[]): TwoDemands {
  const latencySeconds = 4 * urgentDemand.latencySeconds;
  return { urgentDemand, nonUrgentDemand: { ratePerSecond: 0.2 * saturatedRate(nonUrgent), latencySeconds } };
}

function saturatedRate(rows: readonly InferenceRow[]): number {
  return 64 / rows.findLast(({ batch }) => batch === 64)!.seconds;
}

/** How many problems there are of a kind, how many can be solved, and the sum of the values. */
export interface GridCount {
  problems: number;
  solved: number;
  sum: number;
}

/** Solves every training problem of the grid. */
export function solveTraining({ training }: PowerTables): GridCount {
  return count(training.map((rows) => trainingSweep(rows, budgetsWatts).map((choice) => choice?.seconds)));
}

/** Solves every inference problem of the grid: lowest latency in windows. */
export function solveInference({ inference }: PowerTables): GridCount {
  return count(
    inference.flatMap((rows) => {
      const sorted = byWatts(rows);
      return demandsOf(rows).map((demand) =>
        inferenceSweep(sorted, { ...demand, dispatcher: "windowed" }, budgetsWatts).map(
          (choice) => choice?.latencySeconds,
        ),
      );
    }),
  );
}

/** Solves every problem of the grid with training beside inference in windows: most training. */
export function solveConcurrent({ training, inference }: PowerTables, policy: Policy): GridCount {
  const values = training.flatMap((trained) =>
    inference.flatMap((served) => {
      const rows = joinRows({ training: trained, inference: served });
      return demandsOf(served).map((demand) =>
        concurrentSweep(rows, { ...demand, policy, dispatcher: "windowed" }, budgetsWatts).map(
          (choice) => choice?.trainingRate,
        ),
      );
    }),
  );
  return count(values);
}

/** Solves every problem of the grid with two inferences: lowest urgent latency. */
export function solveTwoInferences({ inference }: PowerTables): GridCount {
  const values = inference.flatMap((urgent) =>
    inference.flatMap((nonUrgent) => {
      const pairs = joinInferences({ urgent, nonUrgent });
      return demandsOf(urgent).map((demand) =>
        twoInferencesSweep(pairs, twoDemandsOf(demand, nonUrgent), budgetsWatts).map(
          (choice) => choice?.urgentLatencySeconds,
        ),
      );
    }),
  );
  return count(values);
}

function count(values: readonly (readonly (number | undefined)[])[]): GridCount {
  const total: GridCount = { problems: 0, solved: 0, sum: 0 };
  for (const value of values.flat()) {
    total.problems += 1;
    if (value === undefined) continue;
    total.solved += 1;
    total.sum += value;
  }
  return total;
}
