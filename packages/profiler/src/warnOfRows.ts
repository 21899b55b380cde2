import {
  formatConfig,
  type Measurement,
  type MeasurementFlag,
  measurementFlags,
  type Warning,
  type Workload,
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
  unanswered: "see what the server writes of them; the numbers are of the batches that were answered",
  "other-process": "end what else runs on the device",
  "over-cap": "plan with the measured power, not with the cap; some loads cannot be throttled that far",
  "power-disagrees": "trust neither reading alone: measure longer, and plan with the larger one",
  "short-power-window": "measure these configurations for longer when their energy matters",
  "meter-stopped": "look at the meter and its driver, then measure these configurations again",
};

/** Part of the window for which a loaded device may say that it idles. */
const idleLimit = 0.1;

/** One warning for each thing that is doubtful, with the number of measurements that it concerns, and one for each reason of failure. */
export function warnOfRows(
  measurements: readonly Measurement[],
  workloads: readonly Workload[] = [],
): readonly Warning[] {
  const idle = new Set(workloads.filter(({ task }) => task === "idle").map(({ name }) => name));
  const computing = measurements.filter(({ point }) => !idle.has(point.config.workload));
  return [...warnOfFlags(measurements), ...warnOfIdling(computing), ...warnOfFailures(measurements)];
}

/** Under a closed load a device always has work, unless whoever launches it is late. */
function warnOfIdling(measurements: readonly Measurement[]): readonly Warning[] {
  const rows = measurements.filter(
    ({ point, outcome }) =>
      point.load.kind === "closed" &&
      outcome.kind === "measured" &&
      (outcome.results.device?.clockReasons?.idle ?? 0) > idleLimit,
  );
  if (rows.length === 0) return [];
  return [
    {
      code: "idle-device",
      where: named(rows, measurements.length),
      cause: `the device idled for more than ${100 * idleLimit} % of the window: the batches are too small for it, or the host launches them late`,
      advice: "measure larger batches, capture the batch as one graph, or give the worker faster or freer cores",
    },
  ];
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
