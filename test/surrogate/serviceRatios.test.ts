import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../packages/surrogate/src/aggregate.ts";
import { serviceRatios } from "../../packages/surrogate/src/serviceRatios.ts";
import { amdahlLatency, profileOf, shares } from "./fixtures/profileOf.ts";

const small = { partitions: shares(0.5, 1), batches: [1, 2], rounds: 2 };
const [table] = aggregate(profileOf(small));
const medians = new Map(
  table!.configurations.flatMap(({ config, rows }) => rows.map(({ id }) => [id, amdahlLatency(config)] as const)),
);

/** Log-normal scatter around the median, sigma 0.1. */
function logNormal(count: (id: string) => number) {
  return (id: string) => {
    const random = seededRandom(id);
    return Array.from({ length: count(id) }, () => medians.get(id)! * Math.exp(0.1 * random.normal()));
  };
}

describe("serviceRatios", () => {
  it("describes the scatter by 101 quantiles around the median", () => {
    const { entries, basis } = serviceRatios(
      table!,
      logNormal(() => 5000),
    );
    expect(basis).toBe("samples");
    const pooled = entries.find(({ partition }) => partition === null);
    expect(pooled?.samples).toBe(40_000);
    expect(pooled?.ratios).toHaveLength(101);
    expect(pooled?.ratios[50]).toBeCloseTo(1, 2);
    expect(Math.log(pooled!.ratios[90]!)).toBeCloseTo(0.1 * 1.2603, 2); // the standard normal's quantile at 90.5/101
    expect(Math.log(pooled!.ratios[10]!)).toBeCloseTo(-0.1 * 1.2603, 2);
  });

  it("describes a partition of its own from 200 samples on", () => {
    const isWhole = (id: string) => medians.get(id) === amdahlLatency(table!.configurations[0]!.config);
    const first = table!.configurations[0]!;
    const { entries } = serviceRatios(
      table!,
      logNormal((id) => (isWhole(id) ? 100 : 20)),
    );
    const own = entries.filter(({ partition }) => partition !== null);
    expect(own.map(({ samples }) => samples)).toEqual([240]);
    expect(own[0]?.partition).toBe(first.config.partition.kind === "whole" ? "whole" : "cpu-share:0.5");
  });

  it("lets every configuration count alike, however many samples it has", () => {
    const slow = table!.configurations[0]!.rows[0]!.id;
    const bimodal = (id: string) => (id === slow ? [1, 1, 1, 3] : Array.from({ length: 999 }, () => 2));
    const { entries } = serviceRatios({ ...table!, configurations: table!.configurations.slice(0, 2) }, bimodal);
    const pooled = entries.find(({ partition }) => partition === null);
    expect(pooled!.ratios.filter((ratio) => ratio === 1).length).toBeGreaterThan(90);
  });

  it("reads the scatter off percentiles without samples, flat below the median", () => {
    const { entries, basis } = serviceRatios(table!, undefined);
    expect(basis).toBe("percentiles");
    expect(entries).toHaveLength(1);
    const { ratios } = entries[0]!;
    expect(ratios).toHaveLength(101);
    expect(ratios.slice(0, 51)).toEqual(new Array(51).fill(1));
    expect(ratios[90]).toBeGreaterThan(1.095);
    expect(ratios[90]).toBeLessThan(1.1);
    expect(ratios[100]).toBeGreaterThan(1.3);
    expect(ratios.toSorted((a, b) => a - b)).toEqual(ratios);
  });

  it("falls back on percentiles when no samples were kept", () => {
    expect(serviceRatios(table!, () => []).basis).toBe("percentiles");
  });

  it("takes latency as constant when nothing tells how it scatters", () => {
    const open = profileOf({
      ...small,
      results: (results) => ({ ...results, latency: { ...results.latency, p90: null, p95: null, p99: null } }),
    });
    const { entries, basis } = serviceRatios(aggregate(open)[0]!, undefined);
    expect(basis).toBe("nothing");
    expect(entries[0]?.ratios).toEqual([1]);
  });
});
