import type { KernelStep } from "@partitune/schema";
import { type KernelGame, playKernels } from "@partitune/simulator";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowOperators } from "../../../packages/profiler/src/overlap/lowOperators.ts";
import { playOverlap } from "../../../packages/profiler/src/overlap/playOverlap.ts";
import { type OverlapPolicyName, overlapPolicies } from "../../../packages/profiler/src/overlapPolicies/index.ts";
import type { OverlapSettings } from "../../../packages/profiler/src/overlapPolicies/overlapPolicy.ts";
import { virtualDeviceClock, virtualLowTask, virtualTask } from "./virtualDevice.ts";

interface LowSpec {
  readonly durations: readonly number[];
  readonly predicted: readonly number[];
  readonly priority: number;
}

interface Spec {
  readonly durations: readonly number[];
  /** After each operator; the last one is not used. */
  readonly gaps: readonly number[];
  readonly idles: readonly number[];
  readonly low: readonly LowSpec[];
}

const defaults: Omit<OverlapSettings, "predictions"> = {
  minGap: 20,
  dispatch: 0,
  feedback: false,
  maxOverrun: null,
  window: 2,
  quantum: 40,
};

function settingsOf({ durations, idles, low }: Spec, options: Partial<OverlapSettings> = {}): OverlapSettings {
  const predictions = {
    idles,
    executions: low.map(({ predicted }) => predicted),
    keys: durations.map((_, row) => row),
  };
  return { ...defaults, predictions, ...options };
}

function openPlay(spec: Spec, policy: OverlapPolicyName, options: Partial<OverlapSettings> = {}) {
  const clock = virtualDeviceClock();
  const low = lowOperators(
    spec.low.map(({ durations, priority }, i) => virtualLowTask(`low ${i}`, durations, clock, priority)),
    clock,
  );
  const device = { clock, high: virtualTask("high", spec.durations, clock), low };
  return playOverlap(device, overlapPolicies[policy], settingsOf(spec, options));
}

function toStep(durations: readonly number[], gaps: readonly number[]): KernelStep {
  const idles = durations.map((_, row) => (row + 1 < durations.length ? gaps[row]! : 0));
  return {
    identities: durations.map((_, row) => row),
    durations,
    idles,
    idleKinds: idles.map((idle) => (idle > 0 ? 1 : 0)),
  };
}

function simulate(spec: Spec, policy: OverlapPolicyName, maxOverrun: number | null) {
  const game: KernelGame = {
    scenario: "co-run",
    high: { name: "high", step: toStep(spec.durations, spec.gaps) },
    low: spec.low.map(({ durations, priority }, i) => ({
      name: `low ${i}`,
      step: toStep(
        durations,
        durations.map(() => 0),
      ),
      priority,
      jobs: null,
    })),
  };
  const { minGap, dispatch, window, quantum } = defaults;
  const predictions = { idles: spec.idles, durations: spec.low.map(({ predicted }) => predicted) };
  return playKernels(game, policy, { settings: { minGap, dispatch, window, quantum, maxOverrun }, predictions });
}

/** Durations in tens, so that turns of 40 end with an operator. */
const duration = fc.integer({ min: 1, max: 4 }).map((tens) => [10, 20, 20, 40][tens - 1]!);
const gap = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200 }));
const lowSpec: fc.Arbitrary<LowSpec> = fc
  .array(fc.tuple(duration, fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 4 })
  .chain((rows) =>
    fc.record({
      durations: fc.constant(rows.map(([time]) => time)),
      predicted: fc.constant(rows.map(([, time]) => time)),
      priority: fc.integer({ min: 1, max: 2 }),
    }),
  );
const spec: fc.Arbitrary<Spec> = fc.array(fc.tuple(duration, gap, gap), { minLength: 1, maxLength: 8 }).chain((rows) =>
  fc.record({
    durations: fc.constant(rows.map(([time]) => time)),
    gaps: fc.constant(rows.map(([, time]) => time)),
    idles: fc.constant(rows.map(([, , time]) => time)),
    low: fc.array(lowSpec, { minLength: 1, maxLength: 3 }),
  }),
);

describe("in virtual time, where nothing else takes time, a step takes as long as in the kernel simulator", () => {
  test.each(["exclusive", "greedy", "fifo", "fill"] as const)("%s", async (policy) => {
    await fc.assert(
      fc.asyncProperty(spec, fc.option(fc.integer({ min: 0, max: 30 })), async (given, maxOverrun) => {
        const { completion, lowWork, lowOperations, overPredicted } = await openPlay(given, policy, { maxOverrun })(
          given.gaps,
        );
        const expected = simulate(given, policy, maxOverrun);
        expect({ completion, lowWork, lowOperations, overPredicted }).toEqual({
          completion: expected.completion,
          lowWork: expected.lowWork,
          lowOperations: expected.lowOperations,
          overPredicted: expected.overPredicted,
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("timeslice, where every turn ends with an operator", async () => {
    const equal = spec.map((given) => ({
      ...given,
      durations: given.durations.map(() => 20),
      low: given.low.map((low) => ({ ...low, durations: low.durations.map(() => 20) })),
    }));
    await fc.assert(
      fc.asyncProperty(equal, async (given) => {
        const { completion, lowWork } = await openPlay(given, "timeslice")(given.gaps);
        const expected = simulate(given, "timeslice", null);
        expect({ completion, lowWork }).toEqual({ completion: expected.completion, lowWork: expected.lowWork });
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

const simple: Spec = {
  durations: [10, 10, 10],
  gaps: [100, 0, 0],
  idles: [100, 0, 0],
  low: [{ durations: [30, 50], predicted: [30, 50], priority: 1 }],
};

describe("a step", () => {
  test("low tasks go on where the step before left them", async () => {
    const play = openPlay(simple, "fill");
    const first = await play(simple.gaps);
    const second = await play([70, 0, 0]);
    expect(first).toMatchObject({ completion: 130, lowWork: 80, lowOperations: 2, lowStarts: [0] });
    expect(second).toMatchObject({ lowStarts: [0] });
    expect((await play(simple.gaps)).lowStarts).toEqual([0]);
    const greedy = openPlay(simple, "greedy");
    await greedy([20, 0, 0]);
    expect((await greedy([20, 0, 0])).lowStarts).toEqual([1]);
  });

  test("says when each operator began and ended", async () => {
    const { starts, ends } = await openPlay(simple, "exclusive")(simple.gaps);
    expect(starts).toEqual([0, 110, 120]);
    expect(ends).toEqual([10, 120, 130]);
  });

  test("delays of less than 10 µs are not called late", async () => {
    const slow = { ...simple, low: [{ durations: [9_000, 60_000], predicted: [1, 1], priority: 1 }] };
    const play = openPlay(slow, "greedy");
    expect(await play([20, 0, 0])).toMatchObject({ completion: 9_030, lateGaps: 0, latest: 0 });
    expect(await play([20, 0, 0])).toMatchObject({ completion: 60_030, lateGaps: 1, latest: 59_980 });
  });
});

describe("filling", () => {
  test("leaves room for handing over an operator", async () => {
    expect((await openPlay(simple, "fill", { dispatch: 0 })(simple.gaps)).lowWork).toBe(80);
    expect((await openPlay(simple, "fill", { dispatch: 21 })(simple.gaps)).lowWork).toBe(30);
    expect((await openPlay(simple, "fill", { dispatch: 71 })(simple.gaps)).lowWork).toBe(0);
  });

  test("feedback: a gap that was shorter than predicted is predicted as short in later steps", async () => {
    const play = openPlay(simple, "fill", { feedback: true });
    const short = await play([25, 0, 0]);
    expect(short).toMatchObject({ completion: 60, overPredicted: 75 });
    expect(await play([100, 0, 0])).toMatchObject({ lowWork: 0, overPredicted: 0 });
  });

  test("stops for the rest of a step, not for the next, when it was held up too long", async () => {
    const twice = { ...simple, gaps: [25, 100, 0], idles: [100, 100, 0] };
    const play = openPlay(twice, "fill", { maxOverrun: 4 });
    expect((await play(twice.gaps)).lowOperations).toBe(1);
    expect((await play([100, 100, 0])).lowOperations).toBeGreaterThan(1);
  });

  test("nothing starts in a gap of which nothing is known", async () => {
    expect((await openPlay({ ...simple, idles: [0, 0, 0] }, "fill", { minGap: 0 })(simple.gaps)).lowWork).toBe(0);
  });
});
