import { type SimulateModeOptions, simulateModePlan, verifyModePlan } from "@partitune/simulator";
import { rateSchedule } from "@partitune/solver";
import { expect, test } from "vitest";
import { promise, type TestTurns, testSchedule, worked } from "./testModePlan.ts";

const slow = {
  inferences: [worked],
  background: { seconds: 0.05, policy: "reserve" },
  powerMode: { name: "slow" },
} as const;
const fast = {
  inferences: [{ ratePerSecond: 80, batch: 8, seconds: 0.03 }],
  background: { seconds: 0.025, policy: "reserve" },
  powerMode: { name: "fast" },
} as const;

function play(
  periods: readonly (TestTurns & { readonly seconds: number })[],
  how: { modeChangeSeconds?: number; repeat?: boolean } = {},
  options: Partial<SimulateModeOptions> = {},
) {
  return simulateModePlan(testSchedule(periods, how), { seed: 1, phasing: "together", ...options });
}

test("every period runs by its own turns, and its rates are its own", () => {
  const { periods, modeChanges, seconds } = play([
    { ...slow, seconds: 20 },
    { ...fast, seconds: 10 },
    { ...slow, seconds: 20 },
  ]);
  expect(periods.map(({ powerMode }) => powerMode)).toEqual(["slow", "fast", "slow"]);
  expect(periods.map(({ background }) => Math.round(background!.minibatchesPerSecond * 1e6) / 1e6)).toEqual([
    10, 20, 10,
  ]);
  expect(periods.map(({ inferences }) => Math.round(inferences[0]!.offeredPerSecond))).toEqual([40, 80, 40]);
  expect(modeChanges).toBe(2);
  expect(seconds).toBeGreaterThanOrEqual(50);
});

test("a window that is open when the period ends is completed, and the next one opens as it closes", () => {
  // Windows of 0.2 s at any phase: the one that is open at 1 s closes before 1.2 s.
  const arrivals = { a: { kind: "recorded", times: [0.999, 1.2], repeat: false } } as const;
  for (let seed = 0; seed < 20; seed++) {
    const periods = [slow, fast].map((period) => ({ ...period, seconds: 1 }));
    const [before, after] = play(periods, {}, { arrivals, seed, phasing: "random" }).periods;
    expect([before, after].map((period) => period!.inferences[0]!.requests)).toEqual([1, 1]);
    expect(before!.inferences[0]!.worstSeconds).toBeLessThanOrEqual(0.201 + 0.06);
    expect(after!.inferences[0]!.worstSeconds).toBeLessThanOrEqual(0.1 + 0.03 + 1e-9);
  }
});

test("nothing runs while the mode changes, and requests wait for it", () => {
  const periods = [
    { ...slow, seconds: 20 },
    { ...fast, seconds: 20 },
  ];
  const worst = (modeChangeSeconds: number) =>
    play(periods, { modeChangeSeconds }).periods[1]!.inferences[0]!.worstSeconds!;
  expect(worst(0)).toBeCloseTo(0.13, 6);
  // The last minibatch of the old mode ends 60 ms after the window opens, the change takes 0.5 s, then the first minibatch 30 ms.
  expect(worst(0.5)).toBeCloseTo(0.06 + 0.5 + 0.03, 6);
});

test("a queue that is left over is served in the next period and counts with its age", () => {
  const overloaded = { inferences: [{ ...worked, seconds: 0.02 }], powerMode: { name: "m" } } as const;
  const burst = { a: { kind: "recorded", times: Array.from({ length: 80 }, () => 0.5), repeat: false } } as const;
  const roomy = { inferences: [{ ratePerSecond: 400, batch: 80, seconds: 0.02 }], powerMode: { name: "m" } } as const;
  const { periods } = play(
    [
      { ...overloaded, seconds: 1 },
      { ...roomy, seconds: 1 },
    ],
    {},
    { arrivals: burst },
  );
  const [before, after] = periods.map(({ inferences }) => inferences[0]!);
  expect(before!.requests + after!.requests).toBe(80);
  expect(before!.overflowed).toBe(1);
  expect(after!.requests).toBeGreaterThan(30);
  expect(after!.worstSeconds).toBeGreaterThan(0.5);
  expect(after!.worstWithinRateSeconds).toBeNull();
});

test("periods without requests train alone, and the rates stated are followed by even and Poisson requests", () => {
  const { inferences: _, ...alone } = slow;
  const periods = [
    { ...slow, seconds: 30 },
    { ...alone, seconds: 30 },
    { ...fast, seconds: 30 },
  ];
  for (const arrivals of ["even", "poisson"] as const) {
    const { periods: played } = play(periods, {}, { arrivals });
    expect(played[1]!.inferences).toEqual([]);
    expect(played[1]!.background!.minibatchesPerSecond).toBeCloseTo(20, 0);
    const offered = [played[0]!, played[2]!].map(({ inferences }) => inferences[0]!.offeredPerSecond);
    expect(Math.abs(offered[0]! / 40 - 1)).toBeLessThan(arrivals === "even" ? 0.01 : 0.15);
    expect(Math.abs(offered[1]! / 80 - 1)).toBeLessThan(arrivals === "even" ? 0.01 : 0.15);
  }
});

test("a schedule that repeats is played twice, the change from its end to its start included", () => {
  const periods = [
    { ...slow, seconds: 5 },
    { ...fast, seconds: 5 },
  ];
  expect(play(periods).modeChanges).toBe(1);
  const twice = play(periods, { repeat: true });
  expect(twice.modeChanges).toBe(3);
  expect(twice.periods[0]!.seconds).toBeGreaterThan(9);
});

test("long periods can be cut, but not when requests come at given times", () => {
  const schedule = testSchedule([
    { ...slow, seconds: 1e6 },
    { ...fast, seconds: 1e6 },
  ]);
  const { periods, seconds } = simulateModePlan(schedule, { seed: 1, windows: 50 });
  expect(periods.map((period) => Math.round(period.seconds))).toEqual([10, 5]);
  expect(seconds).toBeLessThan(16);
  const given = { a: { kind: "poisson", ratePerSecond: 1 } } as const;
  expect(() => simulateModePlan(schedule, { seed: 1, windows: 50, arrivals: given })).toThrow("cannot be cut");
  expect(() => verifyModePlan(schedule, { windows: 50, arrivals: given })).toThrow("cannot be cut");
});

test("promises are judged period by period", () => {
  const kept = [promise.worst("a", 0.26), promise.rate("train", 10)];
  const broken = [promise.worst("a", 0.12), promise.rate("train", 21), promise.peak(30)];
  const schedule = testSchedule([
    { ...slow, seconds: 40, promises: kept },
    { ...fast, seconds: 40, promises: broken },
  ]);
  const { checks } = verifyModePlan(schedule);
  expect(checks.map(({ period, verdict }) => [period, verdict])).toEqual([
    [1, "kept"],
    [1, "kept"],
    [2, "broken"],
    [2, "broken"],
    [2, "kept"],
  ]);
});

test("a period too short for a whole window says so", () => {
  const schedule = testSchedule(
    [
      { ...slow, seconds: 5 },
      { ...fast, seconds: 0.05, promises: [promise.rate("train", 1)] },
    ],
    { modeChangeSeconds: 1 },
  );
  expect(verifyModePlan(schedule).checks[0]).toMatchObject({
    verdict: "undecided",
    why: "the period holds no whole window",
  });
});

test("schedules that the solver found keep their latency in every period and at every change", () => {
  const rates = [40, 90, 15, 0, 60, 120, 5];
  const training = [
    { mode: "slow", seconds: 0.05, watts: 24 },
    { mode: "fast", seconds: 0.03, watts: 40 },
  ];
  const inference = [1, 2, 4, 8, 16].flatMap((batch) => [
    { mode: "slow", batch, seconds: 0.02 + 0.005 * batch, watts: 30 },
    { mode: "fast", batch, seconds: 0.012 + 0.003 * batch, watts: 45 },
  ]);
  for (const [policy, latencySeconds] of [
    ["slack", 0.5],
    ["reserve", 0.4],
    ["greedy", 0.6],
  ] as const) {
    const answer = rateSchedule({
      training,
      inference,
      latencySeconds,
      policy,
      dispatcher: "windowed",
      periods: rates.map((ratePerSecond) => ({ seconds: 60, ratePerSecond })),
      budget: { kind: "peak", watts: 50 },
      modeChangeSeconds: 0.1,
    });
    if (answer.status !== "optimal") throw new Error(answer.reasons.map(({ text }) => text).join("; "));
    const schedule = testSchedule(
      answer.choice.choices.map(({ mode, batch, toleratedSeconds, trainingRate }, i) => ({
        seconds: 60,
        powerMode: { name: mode },
        inferences: inference
          .filter((row) => row.mode === mode && row.batch === batch)
          .map(({ seconds }) => ({ ratePerSecond: rates[i]!, batch: batch!, seconds })),
        background: {
          seconds: training.find((row) => row.mode === mode)!.seconds,
          policy: batch === null ? "greedy" : policy,
          toleratedSeconds,
        },
        promises: [
          ...(batch === null ? [] : [promise.worst("a", latencySeconds)]),
          promise.rate("train", trainingRate),
        ],
      })),
      { modeChangeSeconds: 0.1 },
    );
    const { checks } = verifyModePlan(schedule, { seeds: 3 });
    expect(
      checks.filter(({ verdict }) => verdict !== "kept").map(({ period, why }) => `${policy} ${period}: ${why}`),
    ).toEqual([]);
  }
});
