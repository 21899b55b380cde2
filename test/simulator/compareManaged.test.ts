import { compareManaged, simulateModePlan, timeSharings } from "@partitune/simulator";
import { describe, expect, test } from "vitest";
import { promise, testModePlan, worked } from "./testModePlan.ts";

const background = { seconds: 0.05, policy: "slack", toleratedSeconds: 0.02 } as const;
const plan = testModePlan({ inferences: [worked], background, promises: [promise.worst("a", 0.28)] });

describe("processes that nobody manages", () => {
  test("that overlap equally take twice as long while both are busy: 60 ms become 120 ms beside training", () => {
    const [period] = simulateModePlan(plan, { seed: 1, sharing: "fair", windows: 100 }).periods;
    expect(period!.inferences[0]!.worstSeconds).toBeCloseTo(0.2 + 0.12, 9);
    expect(period!.background!.minibatchesPerSecond).toBeCloseTo(14, 9); // all the time that inference leaves
    expect(period!.busyFraction).toBeCloseTo(1, 9);
    expect(period!.meanWatts).toBeCloseTo(0.3 * 30 + 0.7 * 24, 9);
  });

  test("that take slices of 20 ms finish 60 ms of work within three slices of each", () => {
    const options = { sharing: "slices", quantumSeconds: 0.02, phasing: "random" } as const;
    const worsts = [1, 2, 3, 4, 5, 6, 7, 8].map(
      (seed) => simulateModePlan(plan, { ...options, seed, windows: 100 }).periods[0]!.inferences[0]!.worstSeconds!,
    );
    expect(Math.max(...worsts)).toBeLessThanOrEqual(0.2 + 0.12 + 1e-9);
    expect(Math.min(...worsts)).toBeGreaterThanOrEqual(0.2 + 0.1 - 1e-9);
  });

  test("with slices longer than any minibatch wait for each other's slices, not for minibatches", () => {
    const options = { seed: 1, sharing: "slices", quantumSeconds: 10, windows: 100 } as const;
    const [period] = simulateModePlan(plan, options).periods;
    expect(period!.inferences[0]!.worstSeconds).toBeGreaterThan(5);
  });

  test("that take a tenth longer beside each other answer that much later, and train less", () => {
    const options = { seed: 1, interference: 0.1, windows: 100 } as const;
    const [period] = simulateModePlan(plan, { ...options, sharing: "fair" }).periods;
    expect(period!.inferences[0]!.worstSeconds).toBeCloseTo(0.2 + 1.1 * 0.12, 9);
    const rate = (0.06 + (0.2 - 1.1 * 0.12)) / 0.05 / 0.2;
    expect(period!.background!.minibatchesPerSecond).toBeCloseTo(rate, 6);
    const [sliced] = simulateModePlan(plan, { ...options, sharing: "slices", quantumSeconds: 1e-4 }).periods;
    expect(Math.abs(sliced!.background!.minibatchesPerSecond / rate - 1)).toBeLessThan(0.01);
  });

  test("alone are not slowed down", () => {
    const alone = testModePlan({ inferences: [worked] });
    for (const sharing of ["managed", "fair", "slices"] as const) {
      const [period] = simulateModePlan(alone, { seed: 1, sharing, interference: 0.1, windows: 100 }).periods;
      expect(period!.inferences[0]!.worstSeconds).toBeCloseTo(0.26, 9);
      expect(period!.busyFraction).toBeCloseTo(0.3, 9);
    }
  });

  test("say what they are", () => {
    for (const { description } of Object.values(timeSharings)) expect(description).toMatch(/^(one|unmanaged) /);
  });
});

describe("managed and unmanaged side by side", () => {
  const compared = compareManaged(plan, "worst-case", 3, { windows: 200 });

  test("managing keeps the latency that unmanaged sharing breaks, for little training", () => {
    const late = Object.values(compared).map(({ inferences }) => inferences[0]!.lateRuns);
    expect(late).toEqual([0, 3, 3]);
    const { managed, fair } = compared;
    expect(fair.inferences[0]!.worstSeconds! / managed.inferences[0]!.worstSeconds!).toBeCloseTo(0.32 / 0.28, 6);
    expect(managed.minibatchesPerSecond!.value / fair.minibatchesPerSecond!.value).toBeCloseTo(40 / 3 / 14, 2);
    expect(managed.inferences[0]).toMatchObject({ workload: "a", promisedSeconds: 0.28 });
    expect(managed.meanWatts!.value).toBeLessThan(fair.meanWatts!.value);
  });

  test("all play the same requests", () => {
    const poisson = compareManaged(plan, { a: { kind: "poisson", ratePerSecond: 25 } }, 2, { windows: 200 });
    const requests = Object.values(poisson).map(({ traces }) =>
      traces.map(({ periods }) => periods[0]!.inferences[0]!.requests + periods[0]!.inferences[0]!.waiting),
    );
    expect(requests[1]).toEqual(requests[0]);
    expect(requests[2]).toEqual(requests[0]);
  });

  test("two urgent jobs and training: the urgent one loses most without management", () => {
    const three = testModePlan({
      inferences: [
        { ratePerSecond: 50, batch: 2, seconds: 0.01 },
        { ratePerSecond: 16, batch: 8, seconds: 0.08 },
      ],
      background: { seconds: 0.005, policy: "greedy" },
    });
    const { managed, fair } = compareManaged(three, "worst-case", 3, { windows: 500 });
    expect(managed.inferences[0]!.worstSeconds).toBeLessThanOrEqual(0.04 + 0.08 + 0.01 + 1e-9);
    expect(fair.inferences.map(({ p99Seconds }) => p99Seconds!.value > 0)).toEqual([true, true]);
    expect(managed.inferences[0]!.promisedSeconds).toBeNull();
  });

  test("a single seed is refused", () => {
    expect(() => compareManaged(plan, "even", 1)).toThrow("from 2 on");
  });
});
