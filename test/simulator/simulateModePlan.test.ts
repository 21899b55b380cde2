import { seededRandom } from "@partitune/numerics";
import type { ModePlan } from "@partitune/schema";
import { type SimulateModeOptions, simulateModePlan } from "@partitune/simulator";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modeTally } from "../../packages/simulator/src/modeTally.ts";
import { onFullGatherer } from "../../packages/simulator/src/onFullGatherer.ts";
import { requestQueue } from "../../packages/simulator/src/requestQueue.ts";
import { ratedSource } from "../../packages/simulator/src/requestSource.ts";
import { type TestTurns, testModePlan, testTurns, worked } from "./testModePlan.ts";

/** The first period of one run. */
function play(turns: TestTurns | ModePlan, options: Partial<SimulateModeOptions> = {}) {
  const plan = "kind" in turns ? turns : testModePlan(turns);
  return simulateModePlan(plan, { seed: 1, phasing: "together", ...options }).periods[0]!;
}

/** The longest latency over every phasing, in the order of the inferences. */
function worstOf(turns: TestTurns): readonly number[] {
  const plan = testModePlan(turns);
  const runs = (["together", "staggered", "random"] as const).flatMap((phasing) =>
    (["opening", "scattered"] as const).map((placing) =>
      play(plan, { phasing, placing, seed: `${phasing} ${placing}` }),
    ),
  );
  return plan.inferences.map((_, i) => Math.max(...runs.map(({ inferences }) => inferences[i]!.worstSeconds!)));
}

describe("the worked example: 40 requests/s in batches of 8 that take 60 ms, training minibatches of 50 ms", () => {
  test.each([
    ["reserve", 0, 10, 0.26],
    ["slack", 0.01, 12.5, 0.27],
    ["slack", 0.02, 40 / 3, 0.28],
    ["slack", 0.03, 13.75, 0.29],
    ["greedy", 0.05, 14, 0.31],
  ] as const)(
    "%s with a tolerance of %d s trains %d minibatches/s and answers in %d s at worst",
    (policy, toleratedSeconds, rate, worst) => {
      const background = { seconds: 0.05, policy, toleratedSeconds } as const;
      const {
        background: trained,
        inferences,
        seconds,
      } = play({ inferences: [worked], background }, { windows: 1200 });
      expect(seconds).toBeCloseTo(240, 6);
      expect(trained!.minibatchesPerSecond).toBeCloseTo(rate, 6);
      expect(inferences[0]!.worstSeconds! / worst).toBeCloseTo(1, 5);
      expect(inferences[0]).toMatchObject({ overflowed: 0, windows: 1201, minibatches: 1200, requests: 9600 });
    },
  );

  test("two minibatches a window draw 23 W on average where inference draws 30 W, training 24 W and nothing 10 W", () => {
    const { meanWatts, peakWatts, joules } = play({
      inferences: [worked],
      background: { seconds: 0.05, policy: "reserve" },
    });
    expect(meanWatts).toBeCloseTo((30 * 0.06 + 24 * 0.1 + 10 * 0.04) / 0.2, 9); // 23 W
    expect(joules).toBeCloseTo(23 * 200, 6);
    expect(peakWatts).toBe(30);
  });

  test("a window that is filled exactly keeps its last minibatch, a thousand windows on", () => {
    const background = { seconds: 0.07, policy: "reserve" } as const;
    const { background: trained, busyFraction } = play({ inferences: [worked], background });
    expect(trained!.minibatchesPerSecond).toBeCloseTo(10, 9);
    expect(busyFraction).toBeCloseTo(1, 9);
  });
});

describe("two inferences, one before the other: windows of 0.2 s and 0.5 s, minibatches of 60 ms and 80 ms", () => {
  const inferences = [
    { ratePerSecond: 40, batch: 8, seconds: 0.06 },
    { ratePerSecond: 16, batch: 8, seconds: 0.08 },
  ];

  test("alone, both are done 0.14 s after they are ready at worst", () => {
    const [urgent, nonUrgent] = worstOf({ inferences });
    expect(urgent! - 0.2).toBeCloseTo(0.14, 5);
    expect(nonUrgent! - 0.5).toBeCloseTo(0.14, 5);
  });

  test("behind training minibatches of 50 ms, the urgent one still is and the other takes 0.19 s", () => {
    const [urgent, nonUrgent] = worstOf({ inferences, background: { seconds: 0.05, policy: "greedy" } });
    expect(urgent! - 0.2).toBeCloseTo(0.14, 5);
    expect(nonUrgent! - 0.5).toBeCloseTo(0.19, 5);
  });
});

describe("dispatching on full minibatches", () => {
  test("even requests wait for the others, and for a training minibatch that has just begun", () => {
    const inference = { ...worked, dispatcher: "on-full" } as const;
    const alone = play({ inferences: [inference] });
    expect(alone.inferences[0]!.worstSeconds).toBeCloseTo(7 / 40 + 0.06, 9);
    const beside = play({ inferences: [inference], background: { seconds: 0.05, policy: "greedy" } });
    expect(beside.inferences[0]!.worstSeconds).toBeCloseTo(7 / 40 + 0.06 + 0.05, 5);
  });

  test("batches of 8 at 40 Poisson requests/s fill in 0.175 s on average and in 0.364 s at the 99th percentile", () => {
    // Gamma(7, 40): mean 7/40, 99 % quantile 0.3643 (scipy.stats.gamma.ppf(0.99, 7, scale=1/40)).
    const random = seededRandom("filling");
    const source = ratedSource([{ until: Number.POSITIVE_INFINITY, rate: 40 }], () => random.exponential(1));
    const [inference] = testTurns({ inferences: [{ ...worked, dispatcher: "on-full" }] }).inferences;
    const queue = requestQueue();
    const end = 10_000;
    const gatherer = onFullGatherer({ inference: inference!, source, queue, tally: modeTally(), open: 0, end });
    const fills: number[] = [];
    while (gatherer.nextReady < end) {
      const ready = gatherer.nextReady;
      gatherer.gatherUntil(ready);
      queue.serve(gatherer.ready.shift()!.size, (arrival, i) => i === 0 && fills.push(ready - arrival));
    }
    fills.sort((a, b) => a - b);
    expect(fills.length).toBeGreaterThan(49_000);
    expect(fills.reduce((sum, fill) => sum + fill, 0) / fills.length).toBeCloseTo(0.175, 3);
    expect(Math.abs(fills[Math.floor(0.99 * fills.length)]! / 0.3643 - 1)).toBeLessThan(0.01);
  });

  test("a timeout serves what has come when the first request has waited so long", () => {
    const inference = { ...worked, dispatcher: "on-full", timeoutSeconds: 0.1 } as const;
    const { inferences } = play({ inferences: [inference] }, { arrivals: "poisson" });
    expect(inferences[0]!.worstSeconds).toBeGreaterThan(0.16 - 1e-9);
    const patient = play({ inferences: [{ ...inference, timeoutSeconds: 5 }] }, { arrivals: "poisson" });
    expect(patient.inferences[0]!.meanSeconds).toBeGreaterThan(inferences[0]!.meanSeconds!);
    const times = { kind: "recorded", times: [1, 1.01, 2], repeat: false } as const;
    const few = play({ inferences: [inference] }, { arrivals: { a: times }, windows: 20 });
    expect(few.inferences[0]).toMatchObject({ minibatches: 2, requests: 3 });
    expect(few.inferences[0]!.worstSeconds).toBeCloseTo(0.16, 9);
  });

  test("one at a time, Poisson requests wait as in M/D/1: 15 ms on average at 30/s and 20 ms each", () => {
    const inference = { ratePerSecond: 30, batch: 1, seconds: 0.02, dispatcher: "on-full" } as const;
    const means = [1, 2, 3, 4].map(
      (seed) =>
        play({ inferences: [inference] }, { arrivals: "poisson", seed, windows: 50_000 }).inferences[0]!.meanSeconds!,
    );
    const wait = means.reduce((sum, mean) => sum + mean, 0) / means.length - 0.02;
    expect(Math.abs(wait / 0.015 - 1)).toBeLessThan(0.02);
  });
});

describe("the background", () => {
  test("alone has the device for itself", () => {
    const { background, meanWatts, busyFraction } = play({ background: { seconds: 0.05 } });
    expect(background!.minibatchesPerSecond).toBeCloseTo(20, 9);
    expect(meanWatts).toBeCloseTo(24, 9);
    expect(busyFraction).toBeCloseTo(1, 9);
  });

  test.each([0, 0.5, 1, 1.75, 2.5])(
    "runs at most %d minibatches per window on average when it is limited so",
    (limit) => {
      const background = { seconds: 0.05, policy: "slack", toleratedSeconds: 0.03, highestPerWindow: limit } as const;
      const { background: trained, inferences } = play({ inferences: [worked], background });
      expect(trained!.minibatchesPerSecond * 0.2).toBeGreaterThan(limit - 0.01);
      expect(trained!.minibatchesPerSecond * 0.2).toBeLessThan(limit + 0.01);
      expect(inferences[0]!.worstSeconds).toBeLessThanOrEqual(0.29 + 1e-9);
    },
  );

  test("uses windows that bring nothing", () => {
    const background = { seconds: 0.05, policy: "reserve" } as const;
    const quiet = { kind: "recorded", times: [0], repeat: false } as const;
    const { background: trained } = play({ inferences: [worked], background }, { arrivals: { a: quiet } });
    expect(Math.abs(trained!.minibatchesPerSecond / 20 - 1)).toBeLessThan(1e-3);
  });

  test("pays for changing over, twice per inference minibatch", () => {
    const background = { seconds: 0.05, policy: "reserve" } as const;
    const { background: cheap, inferences } = play({ inferences: [worked], background, changeoverSeconds: 0.015 });
    expect(cheap!.minibatchesPerSecond).toBeCloseTo(10, 9);
    expect(inferences[0]!.worstSeconds).toBeCloseTo(0.275, 9); // one changeover before, one after
    const { background: dear } = play({ inferences: [worked], background, changeoverSeconds: 0.021 });
    expect(dear!.minibatchesPerSecond).toBeCloseTo(5, 9);
  });
});

describe("arrivals", () => {
  test("a request that comes just as a window ends waits for the next one", () => {
    const at = (time: number) => ({ kind: "recorded", times: [time], repeat: false }) as const;
    const inferences = [{ ...worked, batch: 4, ratePerSecond: 4 }];
    const background = { seconds: 0.1, policy: "reserve" } as const;
    // Windows of 1 s; the first one ends when a whole number of training minibatches has run, in the first second.
    const first =
      play({ inferences, background }, { arrivals: { a: at(0) }, windows: 3 }).inferences[0]!.worstSeconds! - 0.06;
    expect(first * 10).toBeCloseTo(Math.round(first * 10), 9);
    const late = play({ inferences, background }, { arrivals: { a: at(first) }, windows: 3 }).inferences[0]!;
    expect(late.worstSeconds).toBeCloseTo(1.06, 9);
  });

  test("even requests at the stated rate never overflow a window, whatever the phase", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { inferences } = play({ inferences: [worked] }, { arrivals: "even", phasing: "random", seed });
      expect(inferences[0]!.overflowed).toBe(0);
      expect(inferences[0]!.worstSeconds).toBeLessThanOrEqual(0.26 + 1e-9);
    }
  });

  test("Poisson requests at the stated rate overflow windows, and only those put off are late", () => {
    const { inferences } = play({ inferences: [worked] }, { arrivals: "poisson" });
    expect(inferences[0]!.overflowed).toBeGreaterThan(300);
    expect(inferences[0]!.worstSeconds).toBeGreaterThan(0.5);
    expect(inferences[0]!.worstWithinRateSeconds).toBeLessThanOrEqual(0.26 + 1e-9);
  });

  test("a device that cannot keep up leaves requests waiting, and their age counts", () => {
    const { inferences } = play({ inferences: [{ ...worked, seconds: 0.4 }] }, { windows: 100 });
    expect(inferences[0]!.waiting).toBeGreaterThan(350);
    expect(inferences[0]!.worstSeconds).toBeGreaterThan(9);
    expect(inferences[0]!.completedPerSecond).toBeLessThan(21);
  });
});

const cases = fc.record({
  batch: fc.integer({ min: 1, max: 16 }),
  windowSeconds: fc.double({ min: 0.05, max: 0.5, noNaN: true }),
  load: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
  trainingPart: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
  tolerance: fc.double({ min: 0, max: 1.2, noNaN: true }),
});

function turnsOf(
  c: { batch: number; windowSeconds: number; load: number; trainingPart: number; tolerance: number },
  scale = 1,
) {
  const seconds = c.windowSeconds * c.load * scale;
  const training = c.windowSeconds * c.trainingPart * scale;
  const background = { seconds: training, policy: "slack", toleratedSeconds: training * c.tolerance } as const;
  return { inferences: [{ ratePerSecond: c.batch / (c.windowSeconds * scale), batch: c.batch, seconds }], background };
}

describe("properties", () => {
  test("more tolerated lateness never trains less", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), (c, less) => {
        const rate = (tolerance: number) =>
          play(turnsOf({ ...c, tolerance }), { windows: 300 }).background!.minibatches;
        expect(rate(c.tolerance)).toBeGreaterThanOrEqual(rate(c.tolerance * less) - 2); // at the edges of the run
      }),
      { numRuns: 50 },
    );
  });

  test("scaling all times scales the trace", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0.25, 2, 8, 1024), (c, scale) => {
        const options = { windows: 50, quantumSeconds: 0.01 } as const;
        for (const sharing of ["managed", "fair", "slices"] as const) {
          const one = play(turnsOf(c), { ...options, sharing });
          const scaled = play(turnsOf(c, scale), { ...options, sharing, quantumSeconds: 0.01 * scale });
          expect(scaled.seconds / one.seconds).toBeCloseTo(scale, 6);
          expect(scaled.inferences[0]!.worstSeconds! / one.inferences[0]!.worstSeconds! / scale).toBeCloseTo(1, 6);
          expect(scaled.background!.minibatches).toBeCloseTo(one.background!.minibatches, 5);
          expect(scaled.meanWatts).toBeCloseTo(one.meanWatts!, 6);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("energy adds up: every second is inference, training or idle", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const turns = turnsOf(c);
        for (const sharing of ["managed", "fair", "slices"] as const) {
          const { background, seconds, meanWatts, busyFraction } = play(turns, { windows: 200, sharing });
          const training = (background!.minibatches * turns.background.seconds) / seconds;
          const serving = busyFraction - training;
          expect(meanWatts).toBeCloseTo(24 * training + 30 * serving + 10 * (1 - busyFraction), 6);
          expect(serving).toBeLessThan(c.load * 1.1 + 0.02);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("the same seed plays the same run, whatever is random in it", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const options = {
          seed,
          windows: 50,
          scatter: 0.1,
          quicker: 0.2,
          placing: "scattered",
          phasing: "random",
        } as const;
        expect(play(turnsOf(c), options)).toEqual(play(turnsOf(c), options));
      }),
      { numRuns: 20 },
    );
  });

  test("minibatch times that scatter keep their mean", () => {
    const { background, meanWatts } = play({ background: { seconds: 0.05 } }, { scatter: 0.3, windows: 20_000 });
    expect(Math.abs(background!.minibatchesPerSecond / 20 - 1)).toBeLessThan(0.02);
    expect(meanWatts).toBeCloseTo(24, 9);
  });
});

describe("bad input", () => {
  const greedy = { seconds: 0.05, policy: "greedy" } as const;
  test.each([
    ["runs nothing", { ...testModePlan({ inferences: [worked] }), inferences: [] }, {}, "the plan runs nothing"],
    ["runs a workload twice", { inferences: [worked], background: { ...greedy, workload: "a" } }, {}, 'runs "a" twice'],
    [
      "must know what it cannot",
      { inferences: [{ ...worked, dispatcher: "on-full" }], background: { seconds: 0.05, policy: "reserve" } },
      {},
      'policy "reserve" cannot know when "a" will have a minibatch ready',
    ],
    ["has windows and a timeout", { inferences: [{ ...worked, timeoutSeconds: 1 }] }, {}, "has windows and a timeout"],
    [
      "is limited per window without any",
      { background: { ...greedy, highestPerWindow: 1 } },
      {},
      '"highestPerWindow" to null',
    ],
    ["takes no time", { inferences: [{ ...worked, seconds: 0 }] }, {}, 'field "inferences.0.expected.seconds"'],
    ["takes NaN", { background: { ...greedy, seconds: Number.NaN } }, {}, 'field "background.expected.seconds"'],
    [
      "is sent requests of a stranger",
      { inferences: [worked] },
      { arrivals: { z: { kind: "poisson", ratePerSecond: 1 } } },
      'arrivals "z" name no inference of the plan; use "a"',
    ],
    [
      "is sent requests that descend",
      { inferences: [worked] },
      { arrivals: { a: { kind: "recorded", times: [2, 1], repeat: false } } },
      "sort them",
    ],
    ["is played for no window", { inferences: [worked] }, { windows: 0 }, "the number of windows is 0"],
    [
      "is played with negative scatter",
      { inferences: [worked] },
      { scatter: -1 },
      "the scatter of minibatch times is -1",
    ],
    ["is played without time slices", { inferences: [worked] }, { quantumSeconds: 0 }, "the time slice is 0"],
    ["gains by interference", { inferences: [worked] }, { interference: -0.1 }, "the interference is -0.1"],
    ["takes no time by being quicker", { inferences: [worked] }, { quicker: 1 }, "may be quicker by is 1"],
  ] as const)("a plan that %s is refused", (_, turns, options, message) => {
    expect(() => play(turns as TestTurns, options as Partial<SimulateModeOptions>)).toThrow(message);
  });
});
