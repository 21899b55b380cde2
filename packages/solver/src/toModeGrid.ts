import {
  type Device,
  type ModeProblem,
  type PowerMode,
  type PowerSetting,
  type Profile,
  powerModesOf,
  powerSettings,
} from "@partitune/schema";
import { nameGridRow } from "./gridRow.ts";
import type { ModeTables } from "./modeTables.ts";
import type { ModeDimension, ModeGrid, ModeQuantity } from "./strategies/strategy.ts";
import { toModeTables } from "./toModeTables.ts";
import { workloadsOf } from "./workloadsOf.ts";

const quantities = {
  powerCapWatts: { name: "power cap", quantity: "power-cap" },
  cores: { name: "cores", quantity: "cores" },
  cpuHertz: { name: "CPU clock", quantity: "cpu-clock" },
  gpuHertz: { name: "GPU clock", quantity: "gpu-clock" },
  memoryHertz: { name: "memory clock", quantity: "memory-clock" },
} as const satisfies Record<PowerSetting, { readonly name: string; readonly quantity: ModeQuantity }>;

/** A column with its values, one per candidate. */
interface Column {
  readonly dimension: ModeDimension;
  readonly values: readonly number[];
}

/** A mode with the batch of a training that has several to choose from. */
interface Candidate {
  readonly mode: PowerMode;
  readonly batch: number;
}

/**
 * The power modes to search for a problem: all of a device, or those of a profile in which every workload of the problem is measured.
 *
 * Only settings that differ between modes are dimensions. A training with several batch sizes adds the batch as a `free` one, and a row
 * per (batch, mode), named after both. A named mode that leaves out a setting leaves the device free to go up to its highest, so it
 * stands at the highest value of that dimension; of modes that then coincide the first is kept, which is the one the device lists
 * first. Modes that state nothing that differs are told apart by a `free` dimension of their position.
 */
export function toModeGrid(source: Device | Profile, problem: ModeProblem): ModeGrid {
  const candidates = "measurements" in source ? measured(source, problem) : every(source, problem);
  const columns = [batchColumn(candidates), ...powerSettings.map((setting) => settingColumn(candidates, setting))];
  const varying = columns.filter((column) => column !== null);
  if (varying.length === 0 && candidates.length > 1) varying.push(positionColumn(candidates));
  const rows = candidates.map((_, i) => varying.map(({ values }) => values[i]!));
  const seen = new Set<string>();
  const kept = [...candidates.keys()].filter((i) => {
    const key = rows[i]!.join();
    return !seen.has(key) && seen.add(key);
  });
  return {
    dimensions: varying.map(({ dimension }) => dimension),
    modes: kept.map((i) => rows[i]!),
    names: kept.map((i) => {
      const { mode, batch } = candidates[i]!;
      return nameGridRow({ powerMode: mode.name, batch: columns[0] === null ? null : batch });
    }),
  };
}

function every(device: Device, problem: ModeProblem): readonly Candidate[] {
  return batchesOf(problem).flatMap((batch) => powerModesOf(device).map((mode) => ({ mode, batch })));
}

function measured(profile: Profile, problem: ModeProblem): readonly Candidate[] {
  const tables = toModeTables(profile);
  const { training, served } = workloadsOf(problem);
  const everywhere = served.map(({ workload }) => modesOf(tables, "inference", workload));
  if (training !== null) everywhere.push(modesOf(tables, "training", training));
  const pairs =
    problem.kind === "training" && problem.batches !== undefined
      ? new Set(tables.training.get(problem.training)?.rows.map(({ mode, batch }) => `${batch} ${mode}`))
      : null;
  return every(profile.device, problem).filter(
    ({ mode, batch }) =>
      everywhere.every((modes) => modes.has(mode.name)) && (pairs === null || pairs.has(`${batch} ${mode.name}`)),
  );
}

function modesOf(tables: ModeTables, task: "training" | "inference", workload: string): ReadonlySet<string> {
  return new Set(tables[task].get(workload)?.rows.map(({ mode }) => mode));
}

/** The batch sizes of a training that has several, else one that stands for any. */
function batchesOf(problem: ModeProblem): readonly number[] {
  return problem.kind === "training" && problem.batches !== undefined ? problem.batches : [1];
}

function batchColumn(candidates: readonly Candidate[]): Column | null {
  const values = candidates.map(({ batch }) => batch);
  return varies(values) ? { dimension: { name: "batch", kind: "free", quantity: "batch" }, values } : null;
}

function settingColumn(candidates: readonly Candidate[], setting: PowerSetting): Column | null {
  const stated = candidates.map(({ mode }) => mode[setting]).filter((value) => value !== undefined);
  if (!varies(stated)) return null;
  const highest = stated.reduce((most, value) => Math.max(most, value), 0);
  const values = candidates.map(({ mode }) => mode[setting] ?? highest);
  return { dimension: { ...quantities[setting], kind: "mono" }, values };
}

function positionColumn(candidates: readonly Candidate[]): Column {
  return { dimension: { name: "mode", kind: "free" }, values: candidates.map((_, i) => i + 1) };
}

function varies(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}
