import {
  formatConfig,
  type Measurement,
  type MeasurementFlag,
  measurementFlags,
  type Warning,
} from "@partitune/schema";

/** What to do about each flag. */
const advice: Readonly<Record<MeasurementFlag, string>> = {
  unsteady: "warm up longer, or find out what disturbs the machine",
  imprecise: "give a larger budget, or ask for less precision",
  throttled: "improve the cooling, or measure in a power mode that can be held; these rows are not fitted",
  drifted: "measure more rounds, and look at the baselines for what changed",
  "clock-jump": "measure again while the machine is neither suspended nor moved; these rows are not fitted",
  "coarse-timer": "measure larger batches: these are too short for this clock",
  "harness-cost": "measure larger batches: these are too short for what asking for them costs",
  "load-late": "load less, or give the load generator a core of its own",
  saturated: "ask for less load; these rows are not fitted",
  "other-process": "end what else runs on the device",
  "over-cap": "plan with the measured power, not with the cap; some loads cannot be throttled that far",
  "power-disagrees": "trust neither reading alone: measure longer, and plan with the larger one",
  "short-power-window": "measure these configurations for longer when their energy matters",
  "meter-stopped": "look at the meter and its driver, then measure these configurations again",
};

/** One warning for each thing that is doubtful, with the number of measurements that it concerns, and one for each reason of failure. */
export function warnOfRows(measurements: readonly Measurement[]): readonly Warning[] {
  return [...warnOfFlags(measurements), ...warnOfFailures(measurements)];
}

function warnOfFlags(measurements: readonly Measurement[]): readonly Warning[] {
  return (Object.keys(measurementFlags) as MeasurementFlag[]).flatMap((flag) => {
    const rows = measurements.filter((row) => row.flags.includes(flag));
    if (rows.length === 0) return [];
    return [
      { code: flag, where: named(rows, measurements.length), cause: measurementFlags[flag], advice: advice[flag] },
    ];
  });
}

function warnOfFailures(measurements: readonly Measurement[]): readonly Warning[] {
  const reasons = new Map<string, Measurement[]>();
  for (const row of measurements) {
    if (row.outcome.kind !== "failed") continue;
    reasons.set(row.outcome.reason, [...(reasons.get(row.outcome.reason) ?? []), row]);
  }
  return [...reasons].map(([reason, rows]) => ({
    code: "failed",
    where: named(rows, measurements.length),
    cause: reason,
    advice: "remove the cause and run the same command again; it tries only what is missing",
  }));
}

function named(rows: readonly Measurement[], of: number): string {
  const first = formatConfig(rows[0]!.point.config);
  return rows.length === 1 ? first : `${rows.length} of ${of} measurements, the first: ${first}`;
}
