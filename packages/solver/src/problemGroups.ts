import { InputError, type ModeProblem, type ModeProblemGrid, type PerSecond, type Seconds } from "@partitune/schema";
import type { ModeTable, ModeTables } from "./modeTables.ts";
import { concurrentSweep } from "./problems/concurrentSweep.ts";
import { byWatts, inferenceSweep } from "./problems/inference.ts";
import { joinInferences } from "./problems/joinInferences.ts";
import { joinRows } from "./problems/joinRows.ts";
import { checkRows } from "./problems/rows.ts";
import { twoInferencesSweep } from "./problems/twoInferences.ts";

/** The second of two inferences comes at this part of its highest rate, and may take as many times longer than the first. */
const nonUrgent = { load: 0.2, latencyFactor: 4 } as const;

/** Problems of a grid that differ in their power budget only. */
export interface ProblemGroup {
  /** Unique within the grid. */
  readonly key: string;
  readonly kind: ModeProblemGrid["kinds"][number];
  /** One per budget, in the order of the grid. */
  readonly problems: readonly ModeProblem[];
  /** The exact optimum of each: time, latency or training rate; null where nothing solves it, or training starves. */
  optima(): readonly (number | null)[];
}

/**
 * The problems of a grid over measured tables: every training, every inference with every rate and latency, every pair of them.
 *
 * Rates are parts of what the workload sustains in its quickest mode with its largest minibatch. All are windowed; the less urgent of two
 * inferences comes at a fifth of its highest rate and may take four times as long.
 *
 * @throws InputError when a workload of the grid has no rows
 */
export function problemGroups(grid: ModeProblemGrid, tables: ModeTables): readonly ProblemGroup[] {
  const budgets = grid.budgetsWatts.toSorted((a, b) => a - b);
  const sorted = { ...grid, budgetsWatts: budgets };
  const makers = {
    training: () => sorted.trainings.map((name) => trainingGroup(name, sorted, tables)),
    inference: () => sorted.inferences.flatMap((name) => inferenceGroups(name, sorted, tables)),
    concurrent: () =>
      sorted.trainings.flatMap((training) =>
        sorted.inferences.flatMap((served) => concurrentGroups(training, served, sorted, tables)),
      ),
    "two-inferences": () =>
      sorted.inferences.flatMap((urgent) =>
        sorted.inferences.flatMap((other) => twoInferencesGroups(urgent, other, sorted, tables)),
      ),
  } as const;
  return sorted.kinds.flatMap((kind) => makers[kind]());
}

function trainingGroup(training: string, { budgetsWatts }: ModeProblemGrid, tables: ModeTables): ProblemGroup {
  const { rows, run } = tableOf(training, tables.training);
  const sizes = [...new Set(rows.map(({ batch }) => batch))].sort((a, b) => a - b);
  const several = sizes.length > 1;
  const timeOf = ({ seconds, batch }: (typeof rows)[number]) =>
    several && run === "batch" ? seconds / batch : seconds;
  return {
    key: `training ${training}`,
    kind: "training",
    problems: budgetsWatts.map((watts) => ({
      kind: "training",
      training,
      ...(several ? { batches: sizes } : {}),
      objective: "time",
      budgetWatts: watts,
    })),
    optima: () =>
      budgetsWatts.map((budget) => {
        const times = rows.filter(({ watts }) => watts <= budget).map(timeOf);
        return times.length === 0 ? null : Math.min(...times);
      }),
  };
}

/** A rate and a promise for one workload. */
interface Asked {
  readonly ratePerSecond: PerSecond;
  readonly latencySeconds: Seconds;
}

function inferenceGroups(workload: string, grid: ModeProblemGrid, tables: ModeTables): ProblemGroup[] {
  const { rows } = tableOf(workload, tables.inference);
  const batches = batchesOf(rows);
  const sorted = once(() => byWatts(rows));
  return askedOf(rows, grid).map((asked) => ({
    key: `inference ${workload} ${nameOf(asked)}`,
    kind: "inference",
    problems: grid.budgetsWatts.map((watts) => ({
      kind: "inference",
      inference: { workload, batches, ...asked },
      dispatchers: ["windowed"],
      objective: "latency",
      budget: { kind: "peak", watts },
    })),
    optima: () =>
      inferenceSweep(sorted(), { ...asked, dispatcher: "windowed" }, grid.budgetsWatts).map(
        (choice) => choice?.latencySeconds ?? null,
      ),
  }));
}

function concurrentGroups(
  training: string,
  workload: string,
  grid: ModeProblemGrid,
  tables: ModeTables,
): ProblemGroup[] {
  const trained = tableOf(training, tables.training).rows;
  const served = tableOf(workload, tables.inference).rows;
  const batches = batchesOf(served);
  const rows = once(() => joinRows({ training: trained, inference: served }));
  const { policy } = grid;
  return askedOf(served, grid).map((asked) => ({
    key: `concurrent ${training} ${workload} ${nameOf(asked)}`,
    kind: "concurrent",
    problems: grid.budgetsWatts.map((watts) => ({
      kind: "concurrent",
      training,
      inference: { workload, batches, ...asked },
      policy,
      dispatcher: "windowed",
      budget: { kind: "peak", watts },
    })),
    optima: () =>
      concurrentSweep(rows(), { ...asked, policy, dispatcher: "windowed" }, grid.budgetsWatts).map(
        (choice) => choice?.trainingRate ?? null,
      ),
  }));
}

function twoInferencesGroups(first: string, second: string, grid: ModeProblemGrid, tables: ModeTables): ProblemGroup[] {
  const urgent = tableOf(first, tables.inference).rows;
  const other = tableOf(second, tables.inference).rows;
  const pairs = once(() => joinInferences({ urgent, nonUrgent: other }));
  const [batches, otherBatches] = [batchesOf(urgent), batchesOf(other)];
  const ratePerSecond = nonUrgent.load * highestRate(other);
  return askedOf(urgent, grid).map((asked) => {
    const later = {
      ratePerSecond,
      latencySeconds: nonUrgent.latencyFactor * asked.latencySeconds,
    };
    return {
      key: `two-inferences ${first} ${second} ${nameOf(asked)}`,
      kind: "two-inferences",
      problems: grid.budgetsWatts.map((watts) => ({
        kind: "two-inferences",
        urgent: { workload: first, batches, ...asked },
        nonUrgent: { workload: second, batches: otherBatches, ...later },
        objective: "latency",
        budget: { kind: "peak", watts },
      })),
      optima: () =>
        twoInferencesSweep(pairs(), { urgentDemand: asked, nonUrgentDemand: later }, grid.budgetsWatts).map(
          (choice) => choice?.urgentLatencySeconds ?? null,
        ),
    };
  });
}

function askedOf(rows: ModeTable["rows"], { loads, latenciesSeconds }: ModeProblemGrid): readonly Asked[] {
  const highest = highestRate(rows);
  return loads.flatMap((load) =>
    latenciesSeconds.map((latencySeconds) => ({ ratePerSecond: load * highest, latencySeconds })),
  );
}

/** What the quickest mode sustains with the largest minibatch. */
function highestRate(rows: ModeTable["rows"]): PerSecond {
  const largest = Math.max(...rows.map(({ batch }) => batch));
  return largest / Math.min(...rows.filter(({ batch }) => batch === largest).map(({ seconds }) => seconds));
}

function batchesOf(rows: ModeTable["rows"]): readonly number[] {
  return [...new Set(rows.map(({ batch }) => batch))].sort((a, b) => a - b);
}

function nameOf({ ratePerSecond, latencySeconds }: Asked): string {
  return `${ratePerSecond.toPrecision(4)}/s ${latencySeconds * 1e3}ms`;
}

function tableOf(workload: string, tables: ReadonlyMap<string, ModeTable>): ModeTable {
  const table = tables.get(workload);
  if (table !== undefined && table.rows.length > 0) {
    checkRows(workload, table.rows);
    return table;
  }
  const problem = "has no measurement with a time and a power";
  throw new InputError({
    what: `workload "${workload}"`,
    problem,
    advice: `choose one of ${[...tables.keys()].join(", ")}`,
  });
}

/** Computes a value when it is first asked for. */
function once<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
