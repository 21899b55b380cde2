import type {
  Config,
  DeviceReadings,
  Estimate,
  Measurement,
  MeasurementResults,
  Partition,
  ServingReadings,
} from "@partitune/schema";
import { measurementFlags } from "@partitune/schema";
import fc from "fast-check";

/** Any number a column of durations, powers or sizes may hold, the extremes included. */
const nonNegative = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const positiveCount = count.map((value) => Math.max(1, value));
const text = fc.string({ unit: "grapheme" });
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((value) => !/\p{Cc}/u.test(value) && value.length <= 200);

const partition: fc.Arbitrary<Partition> = fc.oneof(
  fc.constant({ kind: "whole" as const }),
  fc.record({
    kind: fc.constant("cpu-share" as const),
    share: fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant("core-set" as const),
    cores: fc.uniqueArray(fc.nat(127), { minLength: 1, maxLength: 8 }).map((cores) => cores.sort((a, b) => a - b)),
  }),
);

/** One process is written by saying nothing. */
const config: fc.Arbitrary<Config> = fc.record(
  { workload: name, powerMode: name, partition, batch: positiveCount, processes: fc.integer({ min: 2, max: 48 }) },
  { requiredKeys: ["workload", "powerMode", "partition", "batch"] },
);

const load = fc.oneof(
  fc.record({ kind: fc.constant("closed" as const), inFlight: positiveCount }),
  fc.record({
    kind: fc.constantFrom("poisson" as const, "periodic" as const),
    ratePerSecond: fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
  }),
);

/** A value inside an interval whose sides may be open. */
const estimate: fc.Arbitrary<Estimate | null> = fc
  .tuple(fc.array(nonNegative, { minLength: 3, maxLength: 3 }), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([numbers, exists, open, ceiling]) => {
    const [low, value, high] = numbers.sort((a, b) => a - b) as [number, number, number];
    return exists ? { value, low: open ? null : low, high: ceiling ? null : high } : null;
  });

/** An average inside its range. */
const readingOf = (value: fc.Arbitrary<number>) =>
  fc.option(
    fc.array(value, { minLength: 3, maxLength: 3 }).map((numbers) => {
      const [least, mean, most] = numbers.sort((a, b) => a - b) as [number, number, number];
      return { mean, least, most };
    }),
  );
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

/** A device that tells nothing at all has no readings, not empty ones. */
const device: fc.Arbitrary<DeviceReadings> = fc
  .record({
    powerSource: fc.option(fc.constantFrom("counter" as const, "integral" as const)),
    powerWatts: readingOf(nonNegative),
    idleWatts: fc.option(nonNegative),
    gpuHertz: readingOf(nonNegative),
    memoryHertz: readingOf(nonNegative),
    temperatureCelsius: readingOf(fc.double({ min: -273.15, max: 200, noNaN: true })),
    busyFraction: readingOf(fraction),
    clockReasons: fc.option(
      fc.dictionary(fc.constantFrom("idle", "power-cap", "thermal-software"), fraction, { noNullPrototype: true }),
    ),
    batchSeconds: fc.option(nonNegative),
  })
  .filter((readings) => Object.values(readings).some((reading) => reading !== null));

const numbers = fc.record({
  samples: count,
  samplesEffective: nonNegative,
  autocorrelation: fc.double({ min: -1, max: 1, noNaN: true }),
  warmupSamples: count,
  windowSeconds: nonNegative,
  stoppedBy: fc.constantFrom("precision" as const, "budget" as const, "aborted" as const),
  precision: fc.option(nonNegative),
  latency: fc.record({
    mean: nonNegative,
    p50: estimate,
    p90: estimate,
    p95: estimate,
    p99: estimate,
    p999: estimate,
  }),
  throughputPerSecond: nonNegative,
  cpuSeconds: fc.option(nonNegative),
  memoryPeakBytes: fc.option(nonNegative),
  powerMeanWatts: fc.option(nonNegative),
  energyPerRequestJoules: fc.option(nonNegative),
  outliersMild: count,
  outliersSevere: count,
  errorFraction: fc.double({ min: 0, max: 1, noNaN: true }),
  nulls: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
});

/** A load and a server that tell nothing at all have no readings either. */
const serving: fc.Arbitrary<ServingReadings> = fc
  .record({
    offeredPerSecond: fc.option(nonNegative),
    latenessSeconds: fc.option(nonNegative),
    loopDelaySeconds: fc.option(nonNegative),
    queueSeconds: fc.option(nonNegative),
    computeSeconds: fc.option(nonNegative),
  })
  .filter((readings) => Object.values(readings).some((reading) => reading !== null));

const results = fc.tuple(numbers, fc.option(device, { nil: undefined }), fc.option(serving, { nil: undefined })).map(
  ([told, device, serving]): MeasurementResults => ({
    ...told,
    ...(device === undefined ? {} : { device }),
    ...(serving === undefined ? {} : { serving }),
  }),
);

/** Any measurement that the schema allows and whose intervals hold their values. */
export const arbitraryMeasurement: fc.Arbitrary<Measurement> = fc.record({
  id: text,
  point: fc.record({ config, neighbours: fc.array(config, { maxLength: 2 }), load, round: count }),
  position: count,
  seed: text,
  baseline: fc.boolean(),
  environment: text,
  startedAt: fc
    .date({ min: new Date("2000-01-01T00:00:00Z"), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  mechanism: text,
  flags: fc.uniqueArray(fc.constantFrom(...(Object.keys(measurementFlags) as (keyof typeof measurementFlags)[]))),
  outcome: fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("measured" as const), results }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("infeasible", "failed"), reason: text }) },
  ),
}) as fc.Arbitrary<Measurement>;

/** Tables in which no row repeats another. */
export const arbitraryMeasurements = fc.uniqueArray(arbitraryMeasurement, {
  minLength: 1,
  maxLength: 12,
  selector: (row) => row.id,
});
