import { type ModeTrace, modeReport } from "@partitune/schema";
import { simulateModePlan, type VerifyModeOptions, verifyModePlan } from "@partitune/simulator";
import { describe, expect, test } from "vitest";
import { promise, type TestTurns, testModePlan, worked } from "./testModePlan.ts";

const slack = { seconds: 0.05, policy: "slack", toleratedSeconds: 0.03 } as const;
const options = { windows: 200 } as const;

/** The verdicts on a plan, in the order of its promises. */
function verdicts(turns: TestTurns, more: VerifyModeOptions = {}) {
  return verifyModePlan(testModePlan(turns), { ...options, ...more }).checks.map(({ verdict }) => verdict);
}

describe("a plan whose requests come within what it states", () => {
  const inferences = [worked];

  test("keeps exactly what the rule allows, and breaks any less", () => {
    const kept = [promise.worst("a", 0.29), promise.rate("train", 13.75), promise.peak(30), promise.mean(25.625)];
    expect(verdicts({ inferences, background: slack, promises: kept })).toEqual(["kept", "kept", "kept", "kept"]);
    const broken = [promise.worst("a", 0.2899), promise.rate("train", 14), promise.peak(29.9), promise.mean(25.3)];
    expect(verdicts({ inferences, background: slack, promises: broken })).toEqual(Array(4).fill("broken"));
  });

  test("answers as many requests per second as come, not more", () => {
    const promises = [promise.rate("a", 40), promise.rate("a", 41)];
    expect(verdicts({ inferences, promises })).toEqual(["kept", "broken"]);
    expect(verdicts({ inferences: [{ ...worked, seconds: 0.3 }], promises: [promise.rate("a", 40)] })).toEqual([
      "broken",
    ]);
  });

  test("is judged on fresh seeds, twice each, with reasons in words", () => {
    const plan = testModePlan({
      inferences,
      background: slack,
      promises: [promise.worst("a", 0.3), promise.rate("train", 13)],
    });
    const report = verifyModePlan(plan, { ...options, seeds: 4, seed: "s" });
    expect(modeReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.synthetic).toBe(true);
    expect(report.warnings).toEqual([]);
    expect(report.traces.map(({ made }) => made.seed)).toEqual(["fresh:s:0", "fresh:s:1", "fresh:s:2", "fresh:s:3"]);
    expect(report.checks.map(({ why }) => why)).toEqual([
      "simulated worst latency 290 ms in 8 runs, promised at most 300 ms",
      expect.stringMatching(/^simulated throughput 13\.8\/s.*, promised at least 13\/s$/),
    ]);
    expect(report.checks[0]).toMatchObject({
      period: null,
      measured: null,
      verdicts: { simulated: "kept", measured: null },
    });
    expect(report.checks[0]!.simulated!.estimate).toMatchObject({ high: null });
  });
});

describe("a plan whose minibatches scatter", () => {
  test("may break a latency to the last digit that it keeps without scatter", () => {
    const turns = { inferences: [worked], background: slack, promises: [promise.worst("a", 0.29)] };
    expect(verdicts(turns)).toEqual(["kept"]);
    expect(verdicts(turns, { scatter: 0.05 })).toEqual(["broken"]);
    expect(verdicts({ ...turns, promises: [promise.worst("a", 0.4)] }, { scatter: 0.05 })).toEqual(["kept"]);
  });
});

describe("a plan whose windows overflow", () => {
  test("is undecided when only requests beyond the stated rate are late, and says how many windows brought them", () => {
    const plan = testModePlan({ inferences: [worked], promises: [promise.worst("a", 0.26)] });
    const { checks, warnings } = verifyModePlan(plan, { ...options, arrivals: "poisson" });
    expect(checks[0]!.verdict).toBe("undecided");
    expect(checks[0]!.why).toMatch(
      /; \d+ of 2412 windows brought more requests than a minibatch holds, which the promise does not cover/,
    );
    expect(warnings).toMatchObject([{ code: "windows-overflowed", where: 'inference "a"' }]);
  });

  test("is broken when requests within the stated rate are late too", () => {
    const plan = testModePlan({ inferences: [worked], promises: [promise.worst("a", 0.25)] });
    expect(verifyModePlan(plan, { ...options, arrivals: "poisson" }).checks[0]!.verdict).toBe("broken");
  });

  test("is kept when it answers the surplus in time all the same", () => {
    const rare = { kind: "poisson", ratePerSecond: 10 } as const;
    const plan = testModePlan({ inferences: [worked], promises: [promise.worst("a", 0.6)] });
    expect(verifyModePlan(plan, { ...options, arrivals: { a: rare } }).checks[0]!.verdict).toBe("kept");
  });
});

describe("a plan that dispatches on full minibatches", () => {
  const inferences = [{ ...worked, dispatcher: "on-full" } as const];
  test("keeps for even requests what random ones break", () => {
    const turns = { inferences, promises: [promise.worst("a", 7 / 40 + 0.06)] };
    expect(verdicts(turns)).toEqual(["kept"]);
    expect(verdicts(turns, { arrivals: "poisson" })).toEqual(["broken"]);
  });

  test("a timeout bounds how long random requests wait to be dispatched", () => {
    // Slow filling is cut at 50 ms; two minibatches in quick succession wait for each other, so there is room for one.
    const rare = { a: { kind: "poisson", ratePerSecond: 5 } } as const;
    const turns = {
      inferences: [{ ...inferences[0]!, timeoutSeconds: 0.05 }],
      promises: [promise.worst("a", 0.05 + 2 * 0.06)],
    };
    expect(verdicts(turns, { arrivals: rare })).toEqual(["kept"]);
  });
});

describe("what cannot be told", () => {
  test("mean power is undecided where the device idles and idle power is not measured", () => {
    const turns = { inferences: [worked], idleWatts: null, promises: [promise.mean(30), promise.peak(30)] };
    const { checks } = verifyModePlan(testModePlan(turns), options);
    expect(checks.map(({ verdict }) => verdict)).toEqual(["undecided", "kept"]);
    expect(checks[0]!.why).toBe("the device idles, and its idle power is not measured");
  });

  test("a latency is undecided when no request came", () => {
    const never = { kind: "recorded", times: [1e9], repeat: false } as const;
    const plan = testModePlan({ inferences: [worked], promises: [promise.worst("a", 1), promise.worst("b", 1)] });
    const { checks } = verifyModePlan(plan, { ...options, arrivals: { a: never } });
    expect(checks.map(({ verdict }) => verdict)).toEqual(["undecided", "undecided"]);
    expect(checks[0]!.why).toBe('no request of "a" was simulated');
  });
});

describe("a plan that was carried out", () => {
  const plan = testModePlan({
    inferences: [worked],
    background: slack,
    promises: [promise.worst("a", 0.29), promise.rate("train", 13.7)],
  });
  const simulated = simulateModePlan(plan, { seed: 1, windows: 100 });
  const measured: ModeTrace = { ...simulated, source: "measured", synthetic: false };

  test("is judged by what was measured", () => {
    const [period] = measured.periods;
    const late = { ...period!.inferences[0]!, worstSeconds: 0.33, worstWithinRateSeconds: 0.33 };
    const trace = { ...measured, periods: [{ ...period!, inferences: [late] }] };
    const { checks, traces } = verifyModePlan(plan, { ...options, measured: trace });
    expect(checks.map(({ verdict }) => verdict)).toEqual(["broken", "kept"]);
    expect(checks[0]).toMatchObject({ verdicts: { simulated: "kept", measured: "broken" }, measured: { value: 0.33 } });
    expect(checks[0]!.why).toContain("; measured worst latency 330 ms in 1 run, promised at most 290 ms");
    expect(traces.at(-1)).toBe(trace);
  });

  test("is judged by simulation where its power was not measured", () => {
    const [period] = measured.periods;
    const trace = { ...measured, periods: [{ ...period!, joules: null, meanWatts: null, peakWatts: 0 }] };
    const promises = [promise.peak(30), promise.mean(26), promise.worst("a", 0.29)];
    const { checks } = verifyModePlan({ ...plan, promises }, { ...options, measured: trace });
    expect(checks.map(({ verdict }) => verdict)).toEqual(["kept", "kept", "kept"]);
    expect(checks.map(({ verdicts }) => verdicts.measured)).toEqual([null, null, "kept"]);
  });

  test.each([
    ["a simulated trace", { measured: simulated }, "was simulated"],
    [
      "a trace of other periods",
      { measured: { ...measured, periods: [...measured.periods, ...measured.periods] } },
      "has 2 periods, not 1",
    ],
    ["a single seed", { seeds: 1 }, "must be a whole number from 2 on"],
  ])("%s is refused", (_, more, message) => {
    expect(() => verifyModePlan(plan, more)).toThrow(message);
  });
});
