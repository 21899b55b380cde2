import { seededRandom } from "@partitune/numerics";
import { InputError, type Made, metricNames, type Profile, type Surrogate } from "@partitune/schema";
import { aggregate } from "./aggregate.ts";
import { calibrate } from "./calibrate.ts";
import { fitMetric, leastConfigurations, type WorkloadOutcome } from "./fitMetric.ts";
import { fitWarnings } from "./fitWarnings.ts";
import type { Model } from "./model.ts";
import { models as shelf } from "./models/index.ts";
import { type Samples, serviceRatios } from "./serviceRatios.ts";

/** How to fit. */
export interface FitOptions {
  /** How the surrogate comes to be, except for the seed. */
  readonly made: Made;
  /** Coverage of the intervals, 0 < confidence < 1; by default 0.9. */
  readonly confidence?: number;
  /** Decides folds and starting points; by default 1. */
  readonly seed?: string | number;
  /** Batch latencies of a measurement, in seconds, empty where they were not kept. Without them the scatter comes from percentiles. */
  readonly samples?: Samples;
  /** Names of the models to choose from, as on the shelf `models`; by default all. */
  readonly models?: readonly string[];
}

/**
 * Fits a profile: for every workload and metric, nested cross-validation chooses a model, scores it on configurations that it has not seen and
 * calibrates its interval; the choice is then fitted to all rows.
 *
 * Rows that may not be trusted are left out, a metric with too few configurations gets no fit, and intervals that cannot be calibrated stay
 * open: each is said in `warnings`. Positive metrics are fitted on a logarithmic scale, so that errors count relatively.
 *
 * @throws InputError when no workload has enough valid measurements, or an option is out of range
 * @example fit(profile, { made, samples: (id) => latencies.get(id) ?? [] })
 */
export function fit(profile: Profile, options: FitOptions): Surrogate {
  const { made, confidence = 0.9, seed = 1, samples } = options;
  checkConfidence(confidence);
  const models = chooseModels(options.models ?? Object.keys(shelf));
  const random = seededRandom(seed);
  const { device } = profile;
  const outcomes = aggregate(profile).map((table) => ({
    table,
    metrics: metricNames.map((metric) =>
      fitMetric(table, metric, device, models, random.fork(`${table.workload} ${metric}`)),
    ),
  }));
  const drafts = outcomes.flatMap(({ metrics }) => metrics.flatMap(({ draft }) => draft ?? []));
  if (drafts.length === 0) throw tooLittle(profile, outcomes);
  const calibrated = calibrate(drafts, device, confidence);
  const fitted = outcomes.filter(({ metrics }) => metrics.some(({ draft }) => draft !== undefined));
  const scatters = fitted.map(({ table }) => serviceRatios(table, samples));
  return {
    kind: "surrogate",
    version: 1,
    made: { ...made, seed },
    device,
    workloads: profile.workloads,
    confidence,
    fits: calibrated.map((one) => one.fit),
    infeasible: outcomes.flatMap(({ table }) => table.infeasible),
    serviceRatios: scatters.flatMap(({ entries }) => entries),
    warnings: fitWarnings(profile, outcomes, calibrated, scatters, confidence),
  };
}

function checkConfidence(confidence: number): void {
  if (confidence > 0 && confidence < 1) return;
  throw new InputError({
    what: `confidence ${confidence}`,
    problem: "is out of range: it is the part of new values that intervals shall cover",
    advice: "give a number between 0 and 1, such as 0.9",
  });
}

function chooseModels(names: readonly string[]): Model[] {
  const unknown = names.find((name) => !Object.hasOwn(shelf, name));
  if (names.length > 0 && unknown === undefined) return Object.values(shelf).filter(({ name }) => names.includes(name));
  throw new InputError({
    what: unknown === undefined ? "the list of models" : `model "${unknown}"`,
    problem: unknown === undefined ? "is empty" : "does not exist",
    advice: `choose from ${Object.keys(shelf).join(", ")}`,
  });
}

function tooLittle({ device }: Profile, outcomes: readonly WorkloadOutcome[]): InputError {
  const found = outcomes.map(({ table }) => `"${table.workload}" has ${table.configurations.length}`).join(", ");
  return new InputError({
    what: `profile of "${device.name}"`,
    problem: `has no workload with valid measurements of at least ${leastConfigurations} configurations: ${found || "it is empty"}`,
    advice: "measure more partitions or batch sizes, and mind the flags of the rows that are there",
  });
}
