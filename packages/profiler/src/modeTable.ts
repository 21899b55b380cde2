import { interpolatedQuantile } from "@partitune/numerics";
import {
  formatConfig,
  formatPartition,
  isOneInFlight,
  type Measurement,
  type Profile,
  type Warning,
} from "@partitune/schema";
import { contradiction, type ModeMeasuring, type ModeRun, type ModeRunOutcome } from "./modeMeasuring.ts";
import { modeRunConfig } from "./modeRunConfig.ts";
import { rowOutcome } from "./rowOutcome.ts";

/** A table that answers without waiting. */
export interface ModeTable extends ModeMeasuring {
  /** As `measure`, at once. */
  look(run: ModeRun): ModeRunOutcome;
}

/** The same quantity of all repeats of one configuration. */
interface Repeats {
  readonly times: number[];
  readonly powers: number[];
  /** Why a repeat has no numbers, the last one said. */
  failed: string;
}

/**
 * Answers runs from a profile, of one process that has the whole device to itself: the median over all repeats of a configuration, its baselines included. A configuration without a
 * row failed; repeats that differ by more than 20 % are warned of.
 *
 * @example modeTable(loadProfile("datasets/synthetic-orin-agx")).look({ powerMode: "30W", workload: "lstm-training", batch: null })
 */
export function modeTable(profile: Profile): ModeTable {
  const { device, workloads } = profile;
  const rows = repeatsOf(profile);
  const look = (run: ModeRun): ModeRunOutcome => {
    if (run.workload === null && !workloads.some((workload) => workload.task === "idle")) {
      return { failed: "the table has no row of the idle device" };
    }
    const config = modeRunConfig(run, device, workloads);
    const repeats = rows.get(keyOf(config.powerMode, config.workload, config.batch));
    return repeats === undefined
      ? { failed: `the table has no row of "${formatConfig(config)}"` }
      : combined(repeats, run.workload === null);
  };
  return { device, look, measure: async (run) => look(run), warnings: () => contradictions(rows) };
}

/** Tables are asked millions of times: this is cheaper than a configuration as text. No name holds a line feed. */
function keyOf(powerMode: string, workload: string, batch: number): string {
  return `${workload}\n${powerMode}\n${batch}`;
}

function repeatsOf({ device, workloads, measurements }: Profile): ReadonlyMap<string, Repeats> {
  const idle = new Set(workloads.filter((workload) => workload.task === "idle").map((workload) => workload.name));
  const partition = formatPartition(device.defaultPartition);
  const rows = new Map<string, Repeats>();
  for (const row of measurements) {
    const { config, neighbours, load } = row.point;
    const isAlone = neighbours.length === 0 && (config.processes ?? 1) === 1 && isOneInFlight(load);
    if (!isAlone || formatPartition(config.partition) !== partition) continue;
    const key = keyOf(config.powerMode, config.workload, config.batch);
    const repeats = rows.get(key) ?? { times: [], powers: [], failed: "" };
    rows.set(key, repeats);
    add(repeats, row, idle.has(config.workload));
  }
  return rows;
}

function add(repeats: Repeats, row: Measurement, isIdle: boolean): void {
  const outcome = rowOutcome(row, { workload: isIdle ? null : row.point.config.workload });
  if ("failed" in outcome) {
    repeats.failed = outcome.failed;
    return;
  }
  repeats.powers.push(outcome.powerWatts);
  if ("timeSeconds" in outcome) repeats.times.push(outcome.timeSeconds);
}

function combined({ times, powers, failed }: Repeats, isIdle: boolean): ModeRunOutcome {
  if (powers.length === 0) return { failed };
  const powerWatts = median(powers);
  return isIdle ? { powerWatts } : { timeSeconds: median(times), powerWatts };
}

function contradictions(rows: ReadonlyMap<string, Repeats>): readonly Warning[] {
  const wrong = [...rows].filter(
    ([, { times, powers }]) => spread(times) > contradiction || spread(powers) > contradiction,
  );
  if (wrong.length === 0) return [];
  return [
    {
      code: "contradictory-repeats",
      where: `${wrong.length} of ${rows.size} configurations, the first: ${wrong[0]![0].replaceAll("\n", " ")}`,
      cause: `repeated measurements differ by more than ${contradiction * 100} %; their median is used`,
      advice: "look for what changed between them, and measure these configurations again",
    },
  ];
}

function spread(values: readonly number[]): number {
  return values.length < 2 ? 0 : (Math.max(...values) - Math.min(...values)) / median(values);
}

function median(values: readonly number[]): number {
  return values.length === 1 ? values[0]! : interpolatedQuantile(Float64Array.from(values).sort(), 0.5);
}
