import { type Estimate, type Plan, type PlanPromise, report as reportSchema, type Trace } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { freshSeeds, searchSeeds, simulate, verify } from "../../packages/simulator/src/index.ts";
import { responsePromise, type TestPlacement, testPlan, throughputPromise } from "./testPlan.ts";

/** M/D/1: at load 0.5 the exact p99 is 4.336 service times. */
const half: TestPlacement = {
  workload: "a",
  service: [0.01],
  ratePerSecond: 50,
  partition: { kind: "cpu-share", share: 0.3 },
};

function limit(
  metric: "share_fraction" | "memory_bytes",
  target: number,
  predicted: Estimate | null = null,
): PlanPromise {
  return { id: metric, subject: "bench", metric, percentile: null, relation: "at-most", target, predicted };
}

const judged = (promise: PlanPromise, placement: TestPlacement = half) =>
  verify(testPlan([placement], [promise])).checks[0]!;

describe("a report", () => {
  const plan = testPlan([half], [responsePromise("a", 0.05), throughputPromise("a", 50), limit("share_fraction", 1)]);
  const report = verify(plan, { seeds: 4, seed: "night" });

  it("is one that its schema accepts, with a check per promise and a trace per seed", () => {
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.checks.map((check) => check.promise)).toEqual(plan.promises);
    expect(report.traces.map((trace) => trace.made.seed)).toEqual([
      "fresh:night:0",
      "fresh:night:1",
      "fresh:night:2",
      "fresh:night:3",
    ]);
    expect(report.made.seed).toBe("night");
    expect(report.synthetic).toBe(true);
  });

  it("gives the value on each seed and the t interval of their mean", () => {
    const { perSeed, estimate } = report.checks[0]!.simulated!;
    const values = perSeed.map((value) => value!);
    expect(values).toEqual(report.traces.map((trace) => trace.streams[0]!.response.p99!.value));
    const mean = values.reduce((a, b) => a + b) / 4;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 3);
    expect(estimate!.value).toBeCloseTo(mean, 12);
    expect(estimate!.high! - mean).toBeCloseTo((5.8409 * sd) / 2, 6); // t of 3 degrees of freedom at 99.5 %, from tables
  });

  it("is the same for the same seeds and another for others", () => {
    expect(verify(plan, { seeds: 4, seed: "night" })).toEqual(report);
    expect(verify(plan, { seeds: 4, seed: "day" }).checks[0]!.simulated).not.toEqual(report.checks[0]!.simulated);
  });
});

it("seeds that search and seeds that judge never meet", () => {
  const fresh = new Set(freshSeeds(50, 0));
  expect(searchSeeds(50, 0).some((seed) => fresh.has(seed))).toBe(false);
  expect(() => freshSeeds(1, 0)).toThrow("number of seeds must be a whole number from 2 on, got 1");
});

describe("a promised response time", () => {
  it("is kept when the interval over seeds lies below the target", () => {
    const check = judged(responsePromise("a", 0.045));
    expect(check.verdict).toBe("kept");
    expect(check.verdicts).toEqual({ simulated: "kept", measured: null });
    expect(check.why).toMatch(/^simulated p99 response 4\d(\.\d)? ms \(.* ms to .* ms\), promised at most 45 ms$/);
  });

  it("is broken when the interval lies above the target", () => {
    expect(judged(responsePromise("a", 0.042)).verdict).toBe("broken");
  });

  it("is undecided when the interval holds the target", () => {
    const check = judged(responsePromise("a", 0.0434));
    expect(check.verdict).toBe("undecided");
    expect(check.why).toContain("the interval holds the target");
  });

  it("may be a mean", () => {
    const exact = 0.01 * 1.5;
    expect(judged(responsePromise("a", exact * 1.03, null)).verdict).toBe("kept");
    expect(judged(responsePromise("a", exact * 0.97, null)).verdict).toBe("broken");
  });

  it("is undecided when there are too few requests for the percentile", () => {
    const plan = testPlan([half], [responsePromise("a", 0.1)]);
    const [check] = verify(plan, { durationSeconds: 5 }).checks;
    expect(check!.verdict).toBe("undecided");
    expect(check!.simulated!.perSeed).toContain(null);
    expect(check!.simulated!.estimate).toBeNull();
    expect(check!.why).toMatch(
      /^\d+ requests simulated are too few independent ones for the p99 response; take a longer run$/,
    );
  });

  it("gets a longer window by itself where the load is heavy", () => {
    const heavy = { ...half, ratePerSecond: 80 };
    const report = verify(testPlan([heavy], [responsePromise("a", 0.13)]));
    expect(report.traces[0]!.durationSeconds).toBe((4 * 21_120) / 80);
    expect(report.checks[0]!.verdict).toBe("kept"); // exact: 113.56 ms
  });

  it("is broken when every run misses it by far, though none has an interval", () => {
    const heavy = { ...half, ratePerSecond: 95 };
    const plan = testPlan([heavy], [responsePromise("a", 0.05)]);
    const [check] = verify(plan, { durationSeconds: 200 }).checks;
    expect(check!.simulated!.estimate).toBeNull();
    expect(check!.verdict).toBe("broken");
    expect(check!.why).toMatch(/in all 10 runs, promised at most 50 ms$/);
    expect(verify(plan, { durationSeconds: 200, seeds: 6 }).checks[0]!.verdict).toBe("undecided"); // 2⁻⁶ is above 1 %
  });

  it("is never kept under a growing backlog", () => {
    const over = { ...half, ratePerSecond: 101 };
    const report = verify(testPlan([over], [responsePromise("a", 1000)]), { durationSeconds: 300 });
    expect(report.checks[0]).toMatchObject({
      verdict: "undecided",
      why: "when simulated, the backlog was still growing at the end",
    });
    expect(report.warnings.map(({ code, where }) => [code, where])).toEqual([["saturated", 'placement "a-0"']]);
  });

  it("is broken when too many requests are never answered", () => {
    const check = judged(responsePromise("a", 1000), { ...half, ratePerSecond: 300 });
    expect(check.verdict).toBe("broken");
    expect(check.why).toMatch(/ % of the requests simulated were never answered$/);
  });

  it("of several placements counts the slowest", () => {
    const slow: TestPlacement = { ...half, id: "a-1", service: [0.02] };
    const even = { kind: "periodic", ratePerSecond: 10, jitter: 0, offsetSeconds: 0 } as const;
    const report = verify(testPlan([half, slow], [responsePromise("a", 0.03), throughputPromise("a", 20)]), {
      arrivals: { "a-0": even, "a-1": even },
    });
    expect(report.checks[0]!.simulated!.estimate!.value).toBe(0.02);
    expect(report.checks.map((check) => check.verdict)).toEqual(["kept", "kept"]);
  });
});

describe("a promised throughput", () => {
  it("is kept when all that was promised is offered and answered", () => {
    expect(judged(throughputPromise("a", 50))).toMatchObject({
      verdict: "kept",
      why: "simulated throughput answers all of the 50/s offered, promised at least 50/s",
    });
  });

  it("is undecided when less was offered than promised", () => {
    expect(judged(throughputPromise("a", 60))).toMatchObject({
      verdict: "undecided",
      why: "only 50/s were offered when simulated, promised at least 60/s",
    });
  });

  it("is broken when the station completes less and falls behind", () => {
    const check = judged(throughputPromise("a", 120), { ...half, ratePerSecond: 120 });
    expect(check.verdict).toBe("broken");
    expect(check.why).toContain("it does not keep up with what arrives");
  });

  it("is undecided when it completes enough but falls behind more", () => {
    expect(judged(throughputPromise("a", 90), { ...half, ratePerSecond: 120 }).verdict).toBe("undecided");
  });
});

describe("a limit of the device", () => {
  const thirds = [
    half,
    { ...half, workload: "b" },
    { ...half, workload: "c", partition: { kind: "core-set", cores: [0, 1] } },
  ] as const;

  it("is judged by adding up the shares, cores included", () => {
    const check = (target: number) =>
      verify(testPlan(thirds, [limit("share_fraction", target)]), { requests: 10 }).checks[0]!;
    expect(check(1.1)).toMatchObject({
      verdict: "kept",
      simulated: null,
      verdicts: { simulated: null, measured: null },
    });
    expect(check(1)).toMatchObject({
      verdict: "broken",
      why: "the plan needs 1.1 of the device, promised at most 1 of the device",
    });
  });

  it("does not fail a plan for binary rounding", () => {
    const tenth = (i: number): TestPlacement => ({
      ...half,
      workload: `w${i}`,
      partition: { kind: "cpu-share", share: 0.1 },
    });
    const plan = testPlan(
      Array.from({ length: 3 }, (_, i) => tenth(i)),
      [limit("share_fraction", 0.3)],
    );
    expect(verify(plan, { requests: 10 }).checks[0]!.verdict).toBe("kept");
  });

  it("of one workload counts its own placements", () => {
    const promise = { ...limit("share_fraction", 0.5), subject: "c" };
    expect(verify(testPlan(thirds, [promise]), { requests: 10 }).checks[0]!.verdict).toBe("kept");
  });

  it("on memory is judged by what the plan expects to need", () => {
    const verdict = (predicted: Estimate | null) => judged(limit("memory_bytes", 2 ** 30, predicted)).verdict;
    expect(verdict({ value: 2 ** 29, low: 2 ** 28, high: 2 ** 29.5 })).toBe("kept");
    expect(verdict({ value: 2 ** 31, low: 2 ** 30.5, high: 2 ** 32 })).toBe("broken");
    expect(verdict({ value: 2 ** 29, low: 2 ** 28, high: 2 ** 31 })).toBe("undecided");
    expect(verdict({ value: 2 ** 29, low: null, high: null })).toBe("undecided");
    expect(verdict(null)).toBe("undecided");
  });
});

describe("a measured trace", () => {
  const plan = testPlan([half], [responsePromise("a", 0.045), throughputPromise("a", 50)]);
  const base = simulate(plan, { seed: 1, durationSeconds: 100 });
  type Changes = Partial<Trace["streams"][number]>;
  const measured = (response: Estimate | null, changes: Changes = {}): Trace => ({
    ...base,
    source: "measured",
    streams: [{ ...base.streams[0]!, promised: [{ percentile: 0.99, response }], ...changes }],
  });
  const checks = (trace: Trace, of: Plan = plan) => verify(of, { measured: trace }).checks;

  it("decides, beside the simulated verdict", () => {
    const [check] = checks(measured({ value: 0.06, low: 0.05, high: 0.07 }));
    expect(check).toMatchObject({
      measured: { value: 0.06, low: 0.05, high: 0.07 },
      verdicts: { simulated: "kept", measured: "broken" },
      verdict: "broken",
    });
    expect(check!.why).toContain("; measured p99 response 60 ms (50 ms to 70 ms), promised at most 45 ms");
  });

  it("keeps a promise when the upper end of the interval does, and leaves it undecided when only the value does", () => {
    expect(checks(measured({ value: 0.04, low: 0.038, high: 0.045 }))[0]!.verdict).toBe("kept");
    expect(checks(measured({ value: 0.04, low: 0.038, high: 0.046 }))[0]!.verdict).toBe("undecided");
    expect(checks(measured({ value: 0.04, low: 0.038, high: null }))[0]!.verdict).toBe("undecided");
  });

  it("leaves a promise undecided when it has too few requests or not the workload", () => {
    expect(checks(measured(null))[0]!.why).toMatch(
      /requests measured are too few independent ones for the p99 response/,
    );
    const [response, throughput] = checks({ ...measured(null), streams: [] });
    expect([response!.verdict, throughput!.verdict]).toEqual(["undecided", "undecided"]);
    expect(response!.why).toContain('nothing was measured of "a"');
  });

  it("breaks a percentile by requests that were never answered", () => {
    const failed = Math.ceil(base.streams[0]!.requests * 0.02);
    const [check] = checks(measured({ value: 0.04, low: 0.038, high: 0.042 }, { failed }));
    expect(check!.verdict).toBe("broken");
  });

  it("keeps a throughput whose offered load scattered a little below the promise", () => {
    const requests = 5000 - 3 * 70;
    expect(checks(measured(null, { requests, completedPerSecond: requests / 100 }))[1]!.verdict).toBe("kept");
    expect(checks(measured(null, { requests: 4000, completedPerSecond: 40 }))[1]!.verdict).toBe("undecided");
    expect(checks(measured(null, { completedPerSecond: 40, saturated: true }))[1]!.verdict).toBe("broken");
  });

  it("must be a measured one", () => {
    expect(() => verify(plan, { measured: base })).toThrow("the trace of the deployed plan is simulated, not measured");
  });
});
