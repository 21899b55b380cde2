import {
  formatConfig,
  isValid,
  type Measurement,
  type Profile,
  powerModesOf,
  type Warning,
  type Workload,
} from "@partitune/schema";
import { measurementNoise } from "./measurementNoise.ts";
import type { MeasuredRow, ModeTable, ModeTables } from "./modeTables.ts";
import { formatWatts } from "./problems/words.ts";

/** Repeats that differ by more than this do not measure the same thing. */
const contradiction = 0.2;
/** Power sensors err by a few percent; more than this over its cap, and the device does not keep the cap. */
const capTolerance = 0.02;

/** Valid measurements of one workload in one mode with one batch. */
interface Repeats {
  readonly workload: Workload;
  readonly name: string;
  readonly mode: string;
  readonly batch: number;
  /** Empty for the idle device. */
  readonly seconds: readonly number[];
  readonly watts: readonly number[];
}

/**
 * A profile's power modes as tables for the exact problems: a row per workload, mode and batch, the median of its repeats.
 *
 * The time is the median time of a batch, or of an epoch where the workload's run is one. Only valid measurements of workloads that have
 * the device to themselves, with a power, count; the others are counted by reason. Contradictory repeats and modes that exceed their cap
 * are warned of and kept.
 *
 * @example const { training, idle } = toModeTables(profile); training.get("resnet18")?.rows
 */
export function toModeTables(profile: Profile): ModeTables {
  const workloads = new Map(profile.workloads.map((workload) => [workload.name, workload]));
  const modes = new Set(powerModesOf(profile.device).map(({ name }) => name));
  const omitted = new Map<string, number>();
  const kept = profile.measurements.filter((row) => {
    const reason = whyOmitted(row, workloads, modes);
    if (reason !== null) omitted.set(reason, (omitted.get(reason) ?? 0) + 1);
    return reason === null;
  });
  const repeats = groupRepeats(kept, workloads);
  const running = repeats.filter(({ workload }) => workload.task !== "idle");
  return {
    training: tablesOf(running.filter(({ workload }) => workload.task === "training")),
    inference: tablesOf(running.filter(({ workload }) => workload.task === "inference")),
    idle: [...Map.groupBy(repeats, ({ workload, mode }) => (workload.task === "idle" ? mode : ""))]
      .filter(([mode]) => mode !== "")
      .map(([mode, groups]) => ({ mode, watts: median(groups.flatMap(({ watts }) => watts)) })),
    noise: measurementNoise(
      running.map(({ seconds }) => seconds),
      repeats.map(({ watts }) => watts),
    ),
    omitted: [...omitted].map(([reason, count]) => ({ reason, count })),
    warnings: [...repeats.flatMap(contradictions), ...overCap(profile, repeats)],
  };
}

/** Null when the row counts. */
function whyOmitted(
  row: Measurement,
  workloads: ReadonlyMap<string, Workload>,
  modes: ReadonlySet<string>,
): string | null {
  const { config, neighbours } = row.point;
  const workload = workloads.get(config.workload);
  if (workload === undefined) return "of a workload that the profile does not describe";
  if (!modes.has(config.powerMode)) return "in a power mode that the device does not have";
  if (row.outcome.kind !== "measured") return row.outcome.kind === "failed" ? "failed" : "could not run";
  if (!isValid(row)) return `not valid: ${row.flags.join(", ")}`;
  if (neighbours.length > 0) return "measured beside others";
  if (config.partition.kind !== "whole") return "on a part of the device";
  if ((config.processes ?? 1) > 1) return "of several processes";
  const { powerMeanWatts, latency } = row.outcome.results;
  if (powerMeanWatts === null || powerMeanWatts === 0) return "without power";
  const seconds = latency.p50?.value ?? 0;
  return workload.task !== "idle" && seconds === 0 ? "without a median time" : null;
}

function groupRepeats(rows: readonly Measurement[], workloads: ReadonlyMap<string, Workload>): readonly Repeats[] {
  const groups = Map.groupBy(rows, ({ point }) => formatConfig(point.config));
  return [...groups].map(([name, group]) => {
    const { config } = group[0]!.point;
    const workload = workloads.get(config.workload)!;
    const results = group.flatMap(({ outcome }) => (outcome.kind === "measured" ? [outcome.results] : []));
    return {
      workload,
      name,
      mode: config.powerMode,
      batch: config.batch,
      seconds: workload.task === "idle" ? [] : results.map(({ latency }) => latency.p50!.value),
      watts: results.map(({ powerMeanWatts }) => powerMeanWatts!),
    };
  });
}

function tablesOf(repeats: readonly Repeats[]): ReadonlyMap<string, ModeTable> {
  const byWorkload = Map.groupBy(repeats, ({ workload }) => workload);
  return new Map(
    [...byWorkload].map(([workload, groups]) => [
      workload.name,
      { run: workload.run ?? "batch", rows: groups.map(toRow) },
    ]),
  );
}

function toRow({ mode, batch, seconds, watts }: Repeats): MeasuredRow {
  return { mode, batch, seconds: median(seconds), watts: median(watts), repeats: watts.length };
}

function contradictions({ name, seconds, watts }: Repeats): readonly Warning[] {
  return [
    { quantity: "times", values: seconds },
    { quantity: "powers", values: watts },
  ]
    .filter(({ values }) => Math.max(...values) > (1 + contradiction) * Math.min(...values))
    .map(({ quantity, values }) => ({
      code: "contradictory-repeats",
      where: name,
      cause: `repeated ${quantity} differ by a factor of ${(Math.max(...values) / Math.min(...values)).toPrecision(3)}`,
      advice: "see whether the mode was applied and the device was free, and measure again; the median is used",
    }));
}

function overCap({ device }: Profile, repeats: readonly Repeats[]): readonly Warning[] {
  const highest = new Map<string, number>();
  for (const { mode, watts } of repeats) highest.set(mode, Math.max(highest.get(mode) ?? 0, median(watts)));
  return powerModesOf(device).flatMap(({ name, powerCapWatts }) => {
    const watts = highest.get(name) ?? 0;
    if (powerCapWatts === undefined || watts <= powerCapWatts * (1 + capTolerance)) return [];
    return {
      code: "over-cap",
      where: `power mode "${name}"`,
      cause: `draws ${formatWatts(watts)} under a cap of ${formatWatts(powerCapWatts)}`,
      advice: "rely on the measured power, as all answers do; the cap is not kept",
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
