import { InputError, type Profile, surrogate as surrogateSchema } from "@partitune/schema";
import { fit as fitProfile, models, predictor } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { amdahlLatency, made, meanOnly, profileOf, shares, type TableOptions } from "./fixtures/profileOf.ts";

/** Models that fit in microseconds, where the choice does not matter. */
const quick = ["amdahl", "power", "linear"];
const fitted = (options: TableOptions, more: Partial<Parameters<typeof fitProfile>[1]> = {}) =>
  fitProfile(profileOf(options), { made, models: quick, ...more });
const codes = (options: TableOptions, more: Partial<Parameters<typeof fitProfile>[1]> = {}) =>
  fitted(options, more).warnings.map(({ code }) => code);
const problem = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "no error";
};

describe("fit", () => {
  const surrogate = fitProfile(profileOf({ noise: 0.02, workloads: ["a"] }), { made, seed: "s" });

  it("gives a valid surrogate that says how it came to be", () => {
    expect(surrogateSchema.parse(surrogate)).toEqual(surrogate);
    expect(surrogate.made).toEqual({ ...made, seed: "s" });
    expect(surrogate.confidence).toBe(0.9);
    expect(surrogate.device.synthetic).toBe(true);
  });

  it("fits every metric that was measured and no other", () => {
    expect(surrogate.fits.map(({ metric }) => metric)).toEqual([
      "latency_mean_s",
      "latency_p50_s",
      "latency_p90_s",
      "latency_p99_s",
      "throughput_per_s",
      "cpu_s",
      "memory_peak_bytes",
    ]);
  });

  it("scores each fit on all configurations and compares all models", () => {
    for (const { scores, rivals, residuals, model } of surrogate.fits) {
      expect(scores.heldOut).toBe(16);
      expect(scores.medianError).toBeLessThan(0.05);
      expect(scores.r2).toBeGreaterThan(0.95);
      expect(residuals).toHaveLength(16);
      expect(rivals.map((rival) => rival.model)).toEqual(Object.keys(models));
      expect(Object.keys(models)).toContain(model);
    }
  });

  it("predicts bit for bit the same from a saved surrogate", () => {
    const saved = predictor(JSON.parse(JSON.stringify(surrogate)));
    const direct = predictor(surrogate);
    for (const share of [0.25, 0.3, 0.61, 1]) {
      for (const batch of [1, 3, 8]) {
        const config = { workload: "a", powerMode: "default", partition: shares(share)[0]!, batch };
        expect(saved(config)).toEqual(direct(config));
      }
    }
  });

  it("is the same for the same seed, whatever the order of the rows", () => {
    const profile = profileOf({ noise: 0.05, results: meanOnly });
    const shuffled: Profile = { ...profile, measurements: profile.measurements.toReversed() };
    expect(fitProfile(shuffled, { made, models: quick })).toEqual(fitProfile(profile, { made, models: quick }));
  });

  it("fits a workload the same whether others stand beside it or not", () => {
    const profile = profileOf({ noise: 0.05, workloads: ["a", "b"], results: meanOnly });
    const alone = { ...profile, workloads: profile.workloads.slice(0, 1) };
    const both = fitProfile(profile, { made, models: quick }).fits.filter(({ workload }) => workload === "a");
    expect(fitProfile(alone, { made, models: quick }).fits).toEqual(both);
  });

  it("takes the median over rounds, so one wild round in three does no harm", () => {
    const wild = fitted({
      rounds: 3,
      row: (row) => {
        if (row.point.round !== 1 || row.outcome.kind !== "measured") return row;
        const { results } = row.outcome;
        return {
          ...row,
          outcome: { kind: "measured", results: { ...results, latency: { ...results.latency, mean: 9 } } },
        };
      },
    });
    expect(wild.fits[0]?.scores.medianError).toBeLessThan(1e-6);
  });

  it("names configurations that cannot run", () => {
    const { infeasible } = fitted({
      row: (row) =>
        row.point.config.batch === 8 ? { ...row, outcome: { kind: "infeasible", reason: "out of memory" } } : row,
    });
    expect(infeasible?.map(({ batch }) => batch)).toEqual([8, 8, 8, 8]);
  });
});

describe("the choice of a model", () => {
  const laws: readonly [string, readonly string[], NonNullable<TableOptions["latency"]>][] = [
    ["Amdahl's law", ["amdahl", "launch-bound", "quota"], amdahlLatency],
    [
      "a power law",
      ["power", "robust", "linear", "polynomial", "quadratic"],
      (c) => (0.01 * c.batch ** 0.5) / fraction(c) ** 0.4,
    ],
    ["a floor under Amdahl's law", ["launch-bound", "gaussian-process"], (c) => Math.max(0.05, amdahlLatency(c))],
  ];
  const fraction = ({ partition }: Parameters<typeof amdahlLatency>[0]) =>
    partition.kind === "cpu-share" ? partition.share : 1;

  it.each(laws)("finds a family that holds %s", (_, families, latency) => {
    const profile = profileOf({
      latency,
      noise: 0.01,
      partitions: shares(0.2, 0.4, 0.6, 0.8, 1),
      batches: [1, 2, 4, 8, 16],
      results: meanOnly,
    });
    const { fits } = fitProfile(profile, { made });
    expect(fits.map(({ metric }) => metric)).toEqual(["latency_mean_s"]);
    expect(families).toContain(fits[0]?.model);
    expect(fits[0]?.scores.medianError).toBeLessThan(0.02);
  });
});

describe("fit, when there is little to fit", () => {
  it("refuses a profile without enough valid measurements, naming what is there", () => {
    expect(problem(() => fitted({ partitions: shares(0.5), batches: [1, 2, 4] }))).toBe(
      'profile of "formula" has no workload with valid measurements of at least 4 configurations: "a" has 3; ' +
        "measure more partitions or batch sizes, and mind the flags of the rows that are there",
    );
    expect(problem(() => fitted({ row: (row) => ({ ...row, flags: ["throttled"] }) }))).toMatch(/"a" has 0/);
    expect(problem(() => fitted({ workloads: [] }))).toMatch(/it is empty/);
  });

  it("refuses options that are out of range, naming what would do", () => {
    expect(problem(() => fitted({}, { confidence: 1 }))).toMatch(/^confidence 1 is out of range.*0\.9$/);
    expect(problem(() => fitted({}, { confidence: Number.NaN }))).toMatch(/^confidence NaN/);
    expect(problem(() => fitted({}, { models: ["magic"] }))).toMatch(
      /^model "magic" does not exist; choose from amdahl, /,
    );
    expect(problem(() => fitted({}, { models: [] }))).toMatch(/^the list of models is empty/);
  });

  it("leaves a workload out that has no valid rows, and says so", () => {
    const row: TableOptions["row"] = (one) =>
      one.point.config.workload === "b" ? { ...one, flags: ["throttled"] } : one;
    const surrogate = fitted({ workloads: ["a", "b"], row });
    expect(new Set(surrogate.fits.map(({ workload }) => workload))).toEqual(new Set(["a"]));
    const about = surrogate.warnings.filter(({ where }) => where === "b");
    expect(about.map(({ code }) => code)).toEqual(["rows-left-out", "no-valid-rows"]);
    expect(about[0]?.cause).toBe("48 of 48 measurements are not used: 48 throttled");
  });

  it("leaves a percentile out that too few configurations have, and says so", () => {
    const { fits, warnings } = fitted({
      results: (results, { batch, partition }) =>
        batch === 1 && partition.kind === "cpu-share"
          ? results
          : { ...results, latency: { ...results.latency, p99: null } },
    });
    expect(fits.map(({ metric }) => metric)).not.toContain("latency_p99_s");
    expect(warnings.find(({ code }) => code === "too-few-configurations")?.cause).toBe(
      "latency_p99_s on 3: a model needs 4 configurations",
    );
  });

  it("warns of one share and of one batch", () => {
    expect(codes({ partitions: shares(0.5), batches: [1, 2, 4, 8, 16], results: meanOnly })).toContain("one-share");
    expect(codes({ batches: [4], results: meanOnly })).toContain("one-batch");
    expect(codes({ results: meanOnly })).not.toContain("one-batch");
  });

  it("warns of values that are 0, which no ratio can describe", () => {
    const { fits, warnings } = fitted({ results: (results) => ({ ...results, cpuSeconds: 0 }) });
    expect(fits.map(({ metric }) => metric)).not.toContain("cpu_s");
    expect(warnings.map(({ code }) => code)).toContain("zero-values");
  });

  it("warns of rows from several environments", () => {
    expect(codes({ results: meanOnly, row: (row) => ({ ...row, environment: `${row.point.round}` }) })).toContain(
      "mixed-environments",
    );
    expect(codes({ results: meanOnly })).not.toContain("mixed-environments");
  });

  it("warns when no model predicts well", () => {
    expect(codes({ noise: 1.5, rounds: 1, results: meanOnly })).toContain("poor-fit");
    expect(codes({ noise: 0.02, results: meanOnly })).not.toContain("poor-fit");
  });

  it("says on what the scatter rests", () => {
    expect(codes({})).toContain("scatter-from-percentiles");
    expect(codes({}, { samples: () => [0.1, 0.1, 0.11] })).not.toContain("scatter-from-percentiles");
  });
});

describe("intervals", () => {
  const few = { partitions: shares(0.5, 1), batches: [1, 2, 4] };

  it("rest on a workload's own configurations when there are enough", () => {
    const surrogate = fitted({ noise: 0.03 });
    expect(surrogate.fits.every(({ intervalRatio }) => intervalRatio !== null)).toBe(true);
    expect(surrogate.warnings.map(({ code }) => code)).not.toContain("interval-pooled");
  });

  it("rest on all workloads together when one has too few, and say so", () => {
    const { fits, warnings } = fitted({ ...few, noise: 0.03, workloads: ["a", "b"] });
    expect(
      new Set(fits.filter(({ metric }) => metric === "latency_mean_s").map(({ intervalRatio }) => intervalRatio)).size,
    ).toBe(1);
    expect(fits[0]?.intervalRatio).not.toBeNull();
    const pooled = warnings.filter(({ code }) => code === "interval-pooled");
    expect(pooled.map(({ where }) => where)).toEqual(["a", "b"]);
    expect(pooled[0]?.cause).toMatch(
      /fewer than 9 configurations; the 90 % intervals rest on the errors of all workloads/,
    );
  });

  it("stay open when even all workloads together have too few", () => {
    const { fits, warnings } = fitted({ ...few, noise: 0.03 });
    expect(fits.map(({ intervalRatio }) => intervalRatio)).toEqual(fits.map(() => null));
    expect(fits[0]?.scores.coverage).toBeNull();
    expect(warnings.find(({ code }) => code === "interval-open")?.cause).toMatch(/a 90 % interval needs 9 held-out/);
  });

  it("ask for more configurations the more confidence is wanted", () => {
    expect(codes({ noise: 0.03 }, { confidence: 0.99 })).toContain("interval-open");
    expect(codes({ ...few, noise: 0.03 }, { confidence: 0.8 })).not.toContain("interval-open");
  });

  it("are wider between measured shares and batches, and open when none could be held out", () => {
    const wide = fitted({ noise: 0.03 }).fits[0]!;
    expect(wide.between?.fraction.measured).toEqual([0.25, 0.5, 0.75, 1]);
    expect(wide.between?.fraction.intervalRatio).toBeGreaterThanOrEqual(wide.intervalRatio!);
    const two = fitted({ noise: 0.03, partitions: shares(0.5, 1), batches: [1, 2, 3, 4, 6, 8, 12, 16] });
    expect(two.fits[0]?.between?.fraction.intervalRatio).toBeNull();
    expect(two.fits[0]?.between?.batch.intervalRatio).not.toBeNull();
    expect(two.warnings.find(({ code }) => code === "between-open")?.cause).toMatch(/too few shares to hold one out/);
  });
});
