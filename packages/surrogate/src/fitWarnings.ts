import { type DeviceSize, type Metric, type Profile, partitionFraction, type Warning } from "@partitune/schema";
import type { WorkloadTable } from "./aggregate.ts";
import type { Basis, CalibratedFit } from "./calibrate.ts";
import { leastErrors } from "./conformalRatio.ts";
import { leastConfigurations, type WorkloadOutcome } from "./fitMetric.ts";
import type { Scatter } from "./serviceRatios.ts";

/** Half of the held-out configurations off by more than this is nothing to plan with. */
const poorError = 0.15;

/** What the user should know about a fit, in the order of the flow: rows, then models, then intervals, then the scatter. */
export function fitWarnings(
  profile: Profile,
  outcomes: readonly WorkloadOutcome[],
  calibrated: readonly CalibratedFit[],
  scatters: readonly Scatter[],
  confidence: number,
): Warning[] {
  return [
    ...environmentWarnings(profile, outcomes),
    ...outcomes.flatMap(({ table }) => rowWarnings(table, profile.device)),
    ...outcomes.flatMap(metricWarnings),
    ...profile.workloads.flatMap(({ name }) => {
      const own = calibrated.filter(({ fit }) => fit.workload === name);
      return [...poorFits(name, own), ...intervalWarnings(name, own, confidence), ...betweenWarnings(name, own)];
    }),
    ...scatters.flatMap(scatterWarnings),
  ];
}

function environmentWarnings({ device }: Profile, outcomes: readonly WorkloadOutcome[]): Warning[] {
  const rows = outcomes.flatMap(({ table }) => table.configurations.flatMap((configuration) => configuration.rows));
  const environments = new Set(rows.map(({ environment }) => environment));
  if (environments.size < 2) return [];
  return [
    {
      code: "mixed-environments",
      where: device.name,
      cause: `rows of ${environments.size} environments are fitted together as if they were one`,
      advice: "compare their baselines, or fit a profile of one environment",
    },
  ];
}

function rowWarnings({ workload, configurations, skipped }: WorkloadTable, device: DeviceSize): Warning[] {
  const reasons = Object.entries(skipped);
  const left = reasons.reduce((sum, [, rows]) => sum + rows, 0);
  const kept = configurations.reduce((sum, { rows }) => sum + rows.length, 0);
  const shares = new Set(configurations.map(({ config }) => partitionFraction(config.partition, device)));
  const batches = new Set(configurations.map(({ config }) => config.batch));
  const warnings: Warning[] = [];
  if (left > 0) {
    warnings.push({
      code: "rows-left-out",
      where: workload,
      cause: `${left} of ${left + kept} measurements are not used: ${reasons.map(([why, rows]) => `${rows} ${why}`).join(", ")}`,
      advice: "measure them again, alone, undisturbed and with one batch in flight, for narrower intervals",
    });
  }
  if (shares.size === 1)
    warnings.push(oneLevel("one-share", workload, "one share of the device", "at least three shares"));
  if (batches.size === 1)
    warnings.push(oneLevel("one-batch", workload, "one batch size", "at least three batch sizes"));
  return warnings;
}

function oneLevel(code: string, where: string, cause: string, advice: string): Warning {
  return {
    code,
    where,
    cause: `only ${cause} was measured, so nothing is known about others`,
    advice: `measure ${advice}`,
  };
}

function metricWarnings({ table, metrics }: WorkloadOutcome): Warning[] {
  const { workload } = table;
  const tooFew = metrics.filter(({ draft, configurations }) => draft === undefined && configurations > 0);
  const zeros = metrics.filter((metric) => metric.zeros > 0);
  const warnings: Warning[] = [];
  if (table.configurations.length === 0) {
    warnings.push({
      code: "no-valid-rows",
      where: workload,
      cause: "no measurement of it may be fitted",
      advice: "measure it, and mind the flags of the rows that are there",
    });
  }
  if (tooFew.length > 0) {
    warnings.push({
      code: "too-few-configurations",
      where: workload,
      cause: `${tooFew.map((one) => `${one.metric} on ${one.configurations}`).join(", ")}: a model needs ${leastConfigurations} configurations`,
      advice: "measure more configurations, and longer where a percentile is missing",
    });
  }
  if (zeros.length > 0) {
    warnings.push({
      code: "zero-values",
      where: workload,
      cause: `${zeros.map((one) => `${one.metric} on ${one.zeros}`).join(", ")}: configurations with a value of 0 are left out`,
      advice: "a meter that reads 0 does not see this workload; choose another",
    });
  }
  return warnings;
}

function poorFits(where: string, fits: readonly CalibratedFit[]): Warning[] {
  const poor = fits.filter(({ fit }) => (fit.scores.medianError ?? 0) > poorError);
  if (poor.length === 0) return [];
  const list = poor.map(({ fit }) => `${fit.metric} by ${percent(fit.scores.medianError ?? 0)}`).join(", ");
  return [
    {
      code: "poor-fit",
      where,
      cause: `half of the held-out configurations were missed by more than ${percent(poorError)}: ${list}`,
      advice: "measure more shares and batches, or plan on measured configurations only",
    },
  ];
}

function intervalWarnings(where: string, fits: readonly CalibratedFit[], confidence: number): Warning[] {
  const least = leastErrors(confidence);
  const metricsOn = (basis: Basis) => fits.filter((one) => one.basis === basis).map(({ fit }) => fit.metric);
  const warnings: Warning[] = [];
  const pooled = metricsOn("pooled");
  const open = metricsOn("open");
  if (pooled.length > 0) {
    warnings.push({
      code: "interval-pooled",
      where,
      cause: `${list(pooled)}: fewer than ${least} configurations; the ${percent(confidence)} intervals rest on the errors of all workloads together`,
      advice: `measure at least ${least} configurations of it`,
    });
  }
  if (open.length > 0) {
    warnings.push({
      code: "interval-open",
      where,
      cause: `${list(open)}: a ${percent(confidence)} interval needs ${least} held-out configurations, and all workloads together have fewer`,
      advice: "measure more configurations, or ask for less confidence",
    });
  }
  return warnings;
}

function betweenWarnings(where: string, fits: readonly CalibratedFit[]): Warning[] {
  const knobs = { fraction: "shares", batch: "batch sizes" } as const;
  return (["fraction", "batch"] as const).flatMap((knob) => {
    const open = fits.filter(({ fit }) => {
      const between = fit.between?.[knob];
      return fit.intervalRatio !== null && between?.intervalRatio === null && between.measured.length > 1;
    });
    if (open.length === 0) return [];
    return {
      code: "between-open",
      where,
      cause: `${list(open.map(({ fit }) => fit.metric))}: too few ${knobs[knob]} to hold one out, so intervals at ${knobs[knob]} that were not measured stay open`,
      advice: `measure at least three ${knobs[knob]}, better five`,
    };
  });
}

function scatterWarnings({ entries, basis }: Scatter): Warning[] {
  if (basis === "samples") return [];
  const advice = "keep the raw samples beside the profile";
  const cause =
    basis === "percentiles"
      ? "without raw samples the scatter of batch latency is read off its percentiles, and taken as none below the median"
      : "neither raw samples nor percentiles tell how batch latency scatters; it is taken as constant";
  return entries.map(({ workload }) => ({ code: `scatter-from-${basis}`, where: workload, cause, advice }));
}

function list(metrics: readonly Metric[]): string {
  return metrics.join(", ");
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(3))} %`;
}
