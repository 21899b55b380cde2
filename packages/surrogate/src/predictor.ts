import {
  type Config,
  type DeviceSize,
  type Estimate,
  type Fit,
  formatConfig,
  formatPartition,
  InputError,
  type Metric,
  type Predict,
  partitionFraction,
  type Surrogate,
  unplaced,
} from "@partitune/schema";
import { isWithin } from "./domain.ts";
import { type Encoder, type FeatureRow, featureEncoder } from "./features.ts";
import { models } from "./models/index.ts";
import { reconcile } from "./reconcile.ts";
import { fromTarget } from "./targets.ts";
import { widen } from "./widen.ts";

/** A fit that is ready to predict. */
interface PreparedFit {
  readonly fit: Fit;
  readonly encoder: Encoder;
  readonly target: (row: FeatureRow) => number;
}

/**
 * The function that a surrogate describes.
 *
 * A configuration at measured share and batch has the fit's interval; between measured ones it is wider (`Fit.between`). Outside what was
 * measured the prediction is flagged as extrapolated; beside neighbours it always is, since workloads are fitted alone. A metric that was not
 * measured where others were has an open interval there. Percentiles are kept in order and throughput within what latency allows
 * (see `reconcile`).
 *
 * @returns a predictor that gives undefined for an unknown workload, a power mode about which nothing is known, and configurations that cannot run:
 *   those that were tried, and larger batches on the same partition
 * @throws InputError when the surrogate names a model that does not exist or has parameters that are not its own
 */
export function predictor(surrogate: Surrogate): Predict {
  const { device } = surrogate;
  const byWorkload = Map.groupBy(prepareFits(surrogate), ({ fit }) => fit.workload);
  const scatterOf = scatterLookup(surrogate);
  const cannotRun = infeasibility(surrogate);
  return (config, neighbours = []) => {
    const fits = byWorkload.get(config.workload);
    if (fits === undefined || cannotRun(config)) return undefined;
    const isCovered = fits.some(({ fit }) => isWithin(config, fit.domain, device));
    const metrics = predictMetrics(fits, config, device, isCovered);
    return (
      metrics && {
        metrics: reconcile(metrics, config.batch),
        serviceRatios: scatterOf(config),
        extrapolated: !isCovered || neighbours.length > 0,
        synthetic: device.synthetic,
      }
    );
  };
}

function prepareFits({ device, fits }: Surrogate): PreparedFit[] {
  const encoders = new Map<string, Encoder>();
  return fits.map((fit) => {
    const model = Object.hasOwn(models, fit.model) ? models[fit.model] : undefined;
    if (model === undefined) throw unknownModel(fit);
    const { powerModes, partitionKinds } = fit.domain;
    const key = JSON.stringify([powerModes, partitionKinds]);
    const encoder = encoders.get(key) ?? featureEncoder(device, { powerModes, partitionKinds });
    encoders.set(key, encoder);
    return { fit, encoder, target: model.prepare(fit.parameters) };
  });
}

function unknownModel({ workload, metric, model }: Fit): InputError {
  return new InputError({
    what: `model "${model}" of "${workload}" ${metric}`,
    problem: `does not exist here (${Object.keys(models).join(", ")})`,
    advice: "fit the profile again",
  });
}

/** Undefined when no fit can say anything about the configuration. */
function predictMetrics(
  fits: readonly PreparedFit[],
  config: Config,
  device: DeviceSize,
  isCovered: boolean,
): Partial<Record<Metric, Estimate>> | undefined {
  const metrics: Partial<Record<Metric, Estimate>> = {};
  let encoder: Encoder | undefined;
  let row: FeatureRow | undefined;
  let isKnown = false;
  for (const prepared of fits) {
    if (prepared.encoder !== encoder) row = prepared.encoder.encode(config);
    encoder = prepared.encoder;
    if (row === undefined) continue;
    const { fit } = prepared;
    const value = fromTarget(fit.metric, prepared.target(row), config.batch);
    const isOutside = isCovered && !isWithin(config, fit.domain, device);
    metrics[fit.metric] = widen(value, isOutside ? null : ratioAt(fit, config, device));
    isKnown = true;
  }
  return isKnown ? metrics : undefined;
}

/** The half width that holds for a configuration: the largest of those of its share and its batch; null when one is open. */
function ratioAt({ intervalRatio, between }: Fit, { partition, batch }: Config, device: DeviceSize): number | null {
  if (between === undefined) return intervalRatio;
  const fraction = partitionFraction(partition, device);
  const atFraction = between.fraction.measured.includes(fraction) ? intervalRatio : between.fraction.intervalRatio;
  const atBatch = between.batch.measured.includes(batch) ? intervalRatio : between.batch.intervalRatio;
  return atFraction === null || atBatch === null ? null : Math.max(atFraction, atBatch);
}

function scatterLookup({ serviceRatios }: Surrogate): (config: Config) => readonly number[] {
  const byWorkload = new Map<string, Map<string | null, readonly number[]>>();
  for (const { workload, partition, ratios } of serviceRatios) {
    const entries = byWorkload.get(workload) ?? new Map<string | null, readonly number[]>();
    byWorkload.set(workload, entries.set(partition, ratios));
  }
  return ({ workload, partition }) => {
    const entries = byWorkload.get(workload);
    return entries?.get(formatPartition(unplaced(partition))) ?? entries?.get(null) ?? [1];
  };
}

/** What failed to run at some batch is not expected to run at a larger one in the same place. */
function infeasibility({ infeasible = [] }: Surrogate): (config: Config) => boolean {
  if (infeasible.length === 0) return () => false;
  const place = (config: Config) => formatConfig({ ...config, batch: 1 });
  const least = new Map<string, number>();
  for (const config of infeasible) {
    least.set(place(config), Math.min(config.batch, least.get(place(config)) ?? Number.POSITIVE_INFINITY));
  }
  return (config) => config.batch >= (least.get(place(config)) ?? Number.POSITIVE_INFINITY);
}
