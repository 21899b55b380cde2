import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KernelGame, KernelTask } from "../../../packages/simulator/src/kernelGame.ts";
import { toKernelSettings } from "../../../packages/simulator/src/kernelSettings.ts";
import { type KernelPolicyName, kernelPolicies } from "../../../packages/simulator/src/kernels/index.ts";
import { type PlayKernelsOptions, playKernels } from "../../../packages/simulator/src/playKernels.ts";
import { randomGames } from "./randomGames.ts";
import { lowOf, stepOf } from "./testKernels.ts";

/** Operations in the order in which they had the device, as "task/row start-end". */
function timeline(game: KernelGame, policy: KernelPolicyName, options: PlayKernelsOptions): readonly string[] {
  const lines: string[] = [];
  playKernels(game, policy, {
    ...options,
    watch: (task, row, start, end) => lines.push(`${task < 0 ? "high" : task}/${row} ${start}-${end}`),
  });
  return lines;
}

function coRun(high: KernelTask["step"], ...low: KernelGame["low"]): KernelGame {
  return { scenario: "co-run", high: { name: "high", step: high }, low };
}

const fast = { minGap: 1, dispatch: 0 } as const;

describe("gaps filled", () => {
  const gap = stepOf([10, 100], [10]);
  const low = [
    lowOf(stepOf([30]), { name: "a", priority: 1 }),
    lowOf(stepOf([20]), { name: "b", priority: 0 }),
    lowOf(stepOf([40]), { name: "c", priority: 0 }),
  ];
  const durations = [[30], [20], [40]];

  test("the lowest level that has anything to offer gives its longest operation that fits", () => {
    const lines = timeline(coRun(gap, ...low), "fill", { settings: fast, predictions: { idles: [100], durations } });
    expect(lines).toEqual(["high/0 0-10", "2/0 10-50", "2/0 50-90", "1/0 90-110", "high/1 110-120"]);
  });

  test("a higher level is asked when nothing of the lower ones fits", () => {
    const lines = timeline(coRun(gap, ...low), "fill", {
      settings: fast,
      predictions: { idles: [35], durations: [[30], [50], [60]] },
    });
    expect(lines).toEqual(["high/0 0-10", "0/0 10-40", "high/1 110-120"]);
  });

  test("handing over takes time, and counts", () => {
    const game = coRun(gap, lowOf(stepOf([30])));
    const run = playKernels(game, "fill", {
      settings: { minGap: 0, dispatch: 15 },
      predictions: { idles: [100], durations: [[30]] },
    });
    expect(run).toMatchObject({ completion: 120, lowWork: 60, lowWorkInGaps: 60, dispatch: 30, overPredicted: 0 });
  });

  test("nothing is filled without predictions, below the shortest gap worth it, or while the next operation waits", () => {
    const stalled = stepOf([10, 100, 2], [10, 50, 0], [10]);
    const play = (step: KernelTask["step"], options: PlayKernelsOptions) =>
      playKernels(coRun(step, lowOf(stepOf([5]))), "fill", options).lowWork;
    expect(play(gap, {})).toBe(0);
    expect(play(gap, { predictions: { idles: [Number.POSITIVE_INFINITY], durations: [[5]] } })).toBe(0);
    expect(play(gap, { settings: fast, predictions: { idles: [100], durations: [[Number.POSITIVE_INFINITY]] } })).toBe(
      0,
    );
    expect(play(gap, { settings: { minGap: 101, dispatch: 0 }, predictions: { idles: [100], durations: [[5]] } })).toBe(
      0,
    );
    expect(play(stalled, { settings: fast, predictions: { idles: [100, 50], durations: [[5]] } })).toBe(0);
  });

  test("a prediction that was too long makes the urgent task wait; one that sees no launches waits longer", () => {
    const game = coRun(stepOf([10, 20], [10]), lowOf(stepOf([15])));
    const predictions = { idles: [100], durations: [[15]] };
    const seeing = playKernels(game, "fill", { settings: fast, predictions });
    expect(seeing).toMatchObject({
      completion: 50,
      lateGaps: 1,
      latest: 10,
      lowWork: 30,
      lowWorkInGaps: 20,
      overPredicted: 80,
    });
    const early = coRun(stepOf([10, 20, 2], [10]), lowOf(stepOf([15])));
    expect(playKernels(early, "fill", { settings: fast, predictions })).toMatchObject({
      completion: 40,
      overPredicted: 0,
    });
    expect(playKernels(early, "fill", { settings: { ...fast, blind: true }, predictions }).completion).toBe(50);
  });

  test("with feedback, the same mistake is not made twice with one key", () => {
    const game = coRun(stepOf([10, 20], [10, 20], [10, 20], [10]), lowOf(stepOf([30])));
    const predictions = { idles: [100, 100, 100], durations: [[30]], keys: [7, 7, 8, 9] };
    const play = (feedback: boolean) => playKernels(game, "fill", { settings: { ...fast, feedback }, predictions });
    expect(play(false)).toMatchObject({ lateGaps: 3, completion: 130, overPredicted: 240 });
    expect(play(true)).toMatchObject({ lateGaps: 2, completion: 120, overPredicted: 160 });
  });

  test("filling stops when it has held up the urgent task by more than is allowed", () => {
    const game = coRun(stepOf([10, 20], [10, 20], [10, 20], [10]), lowOf(stepOf([30])));
    const predictions = { idles: [100, 100, 100], durations: [[30]] };
    const delay = (maxOverrun: number | null) => {
      const { completion, alone } = playKernels(game, "fill", { settings: { ...fast, maxOverrun }, predictions });
      return completion - alone;
    };
    expect([0, 9, 10, 19, 20, null].map(delay)).toEqual([10, 10, 20, 20, 30, 30]);
  });
});

describe("other ways of sharing", () => {
  test("with stream priorities an operation may start as late as one nanosecond before the urgent one", () => {
    const low = lowOf(stepOf([5, 4, 1]));
    const lines = timeline(coRun(stepOf([10, 10, 2], [10]), low), "greedy", {});
    expect(lines).toEqual(["high/0 0-10", "0/0 10-15", "0/0 19-24", "high/1 24-34"]);
    expect(playKernels(coRun(stepOf([10, 10], [10]), low), "greedy")).toMatchObject({
      lateGaps: 1,
      latest: 4,
      lowWorkInGaps: 6,
    });
  });

  test("in one queue the urgent task waits for all that came before it", () => {
    const lines = timeline(coRun(stepOf([10, 5], [10]), lowOf(stepOf([4]))), "fifo", { settings: { window: 2 } });
    expect(lines).toEqual(["0/0 0-4", "0/0 4-8", "high/0 8-18", "0/0 18-22", "0/0 22-26", "0/0 26-30", "high/1 30-40"]);
  });

  test("time slices interrupt operations, and changing costs", () => {
    const lines = timeline(coRun(stepOf([10]), lowOf(stepOf([100]))), "timeslice", {
      settings: { quantum: 6, switching: 1 },
    });
    expect(lines).toEqual(["high/0 0-6", "0/0 7-13", "high/0 14-18"]);
  });

  test("an urgent task that arrives waits for the operation that runs, and the others end after it", () => {
    const low = lowOf(stepOf([30]), { jobs: 3 });
    const game: KernelGame = { ...coRun(stepOf([10, 20], [10]), low), scenario: "preemption", arrival: 40 };
    expect(timeline(game, "greedy", {})).toEqual([
      "0/0 0-30",
      "0/0 30-60",
      "high/0 60-70",
      "0/0 70-100",
      "high/1 100-110",
    ]);
    expect(playKernels(game, "greedy")).toMatchObject({
      completion: 70,
      alone: 40,
      lowFinishes: [100],
      lowWorkInGaps: 20,
    });
  });

  test("a host that does not wait for the device absorbs a delay in later gaps", () => {
    const game = coRun(stepOf([10, 10], [10, 30], [10]), lowOf(stepOf([25])));
    const play = (host: "coupled" | "free") => playKernels(game, "greedy", { settings: { host } });
    expect(play("coupled")).toMatchObject({ completion: 105, lateGaps: 2 });
    // Row 1 waits until 35 and ends at 45; row 2 is launched at 60 as it was alone, so one operation, not two, fits before it.
    expect(play("free")).toMatchObject({ completion: 80, lateGaps: 2, latest: 15 });
  });
});

describe("Orion's policy", () => {
  const orion = { multiprocessors: 80, maxLowDuration: 1_000 };
  const high = (profile: number, need: number): KernelTask => ({
    name: "high",
    step: stepOf([100]),
    needs: [need],
    profiles: [profile],
  });
  const lowWith = (profile: number, need: number, rest = {}) =>
    lowOf(stepOf([10]), { needs: [need], profiles: [profile], ...rest });
  const work = (urgent: KernelTask, low: KernelGame["low"], settings = {}) =>
    playKernels({ scenario: "co-run", high: urgent, low }, "orion", { settings: { orion: { ...orion, ...settings } } })
      .lowWork;

  test("operations run beside the urgent one when they ask for other resources and find room", () => {
    expect(work(high(1, 40), [lowWith(0, 40)])).toBe(100);
    expect(work(high(1, 40), [lowWith(-1, 40)])).toBe(100);
    expect(work(high(1, 40), [lowWith(1, 40)])).toBe(0);
    expect(work(high(1, 41), [lowWith(0, 40)])).toBe(0);
  });

  test("those that need more multiprocessors than the threshold wait, however much of the device they could have", () => {
    expect(work(high(1, 1), [lowWith(0, 40)], { threshold: 39 })).toBe(0);
    expect(work(high(1, 1), [lowWith(0, 40)], { threshold: 40 })).toBe(100);
    expect(work(high(1, 1), [lowWith(0, 81)])).toBe(0);
  });

  test("the first jobs, and copies, are let through", () => {
    expect(work(high(1, 40), [lowWith(1, 40)], { startUpJobs: 3 })).toBe(30);
    expect(work(high(1, 80), [lowWith(1, 40, { memory: [true] })])).toBe(100);
  });

  test("past the update point of training few multiprocessors are enough", () => {
    const training: KernelTask = { ...high(1, 40), step: stepOf([100], [50]), needs: [40, 40], profiles: [1, 1] };
    expect(work(training, [lowWith(1, 40)], { updateRow: 1 })).toBe(50);
    expect(work(training, [lowWith(1, 40)], { updateRow: 1, threshold: 39 })).toBe(0);
  });

  test("when much has been submitted, the rest waits until all of it has ended", () => {
    const slow = lowOf(stepOf([60, 1]), { name: "slow", needs: [20], profiles: [0] });
    const quick = lowOf(stepOf([10, 1]), { name: "quick", needs: [20], profiles: [0] });
    expect(work(high(1, 40), [slow, quick], { maxLowDuration: 1_000 })).toBe(60 + 39 + 91);
    // The second waits for the first, runs from 60 to 70, and waits again, since the first goes on at 61.
    expect(work(high(1, 40), [slow, quick], { maxLowDuration: 59 })).toBe(60 + 39 + 10);
  });

  test("a host that launches ahead has its operations submitted until that is much, and nobody else gets through", () => {
    const ahead = lowOf(stepOf([60]), { name: "ahead", needs: [20], profiles: [0] });
    const quick = lowOf(stepOf([10, 1]), { name: "quick", needs: [20], profiles: [0] });
    expect(work(high(1, 40), [ahead, quick], { maxLowDuration: 1_000 })).toBe(100 + 10);
  });
});

describe("whatever the game", () => {
  const policies = Object.keys(kernelPolicies) as KernelPolicyName[];

  test.each(policies)("%s: times ten times as long make everything ten times as long", (policy) => {
    const ten = (times: ArrayLike<number>) => Array.from(times, (time) => 10 * time);
    const slower = <T extends KernelTask>(task: T): T => ({
      ...task,
      step: { ...task.step, durations: ten(task.step.durations), idles: ten(task.step.idles) },
    });
    fc.assert(
      fc.property(randomGames(), ({ game, predictions, settings }) => {
        const all = toKernelSettings(settings);
        const { orion } = all;
        const run = playKernels(game, policy, {
          settings: { ...all, orion: { ...orion, maxLowDuration: orion.maxLowDuration ?? 5 } },
          predictions,
        });
        const scaled = playKernels(
          { ...game, high: slower(game.high), low: game.low.map(slower), arrival: 10 * (game.arrival ?? 0) },
          policy,
          {
            settings: {
              ...all,
              minGap: 10 * all.minGap,
              dispatch: 10 * all.dispatch,
              quantum: 10 * all.quantum,
              switching: 10 * all.switching,
              maxOverrun: all.maxOverrun === null ? null : 10 * all.maxOverrun,
              orion: { ...orion, maxLowDuration: 10 * (orion.maxLowDuration ?? 5) },
            },
            predictions: { ...predictions, idles: ten(predictions.idles), durations: predictions.durations.map(ten) },
          },
        );
        expect(scaled).toEqual({
          ...run,
          completion: 10 * run.completion,
          alone: 10 * run.alone,
          idle: 10 * run.idle,
          lowWork: 10 * run.lowWork,
          lowWorkInGaps: 10 * run.lowWorkInGaps,
          lowFinishes: run.lowFinishes.map((finish) => (finish === null ? null : 10 * finish)),
          latest: 10 * run.latest,
          dispatch: 10 * run.dispatch,
          overPredicted: run.overPredicted === null ? null : 10 * run.overPredicted,
        });
      }),
      { numRuns: 200 },
    );
  });

  test.each(policies)("%s: nobody is faster than alone, and gaps hold no more than their length", (policy) => {
    fc.assert(
      fc.property(randomGames(), ({ game, predictions, settings }) => {
        const run = playKernels(game, policy, { settings, predictions });
        expect(run.completion).toBeGreaterThanOrEqual(run.alone);
        expect(run.lowWorkInGaps).toBeLessThanOrEqual(Math.min(run.idle, run.lowWork));
        expect(run.latest > 0).toBe(run.lateGaps > 0);
      }),
      { numRuns: 200 },
    );
  });

  test("filling that knows all times delays nothing in a co-run", () => {
    fc.assert(
      fc.property(randomGames(), ({ game, settings }) => {
        if (game.scenario !== "co-run") return;
        const run = playKernels(game, "fill", {
          settings: { ...settings, oracle: true, blind: false, feedback: false },
        });
        expect(run).toMatchObject({ completion: run.alone, lateGaps: 0, overPredicted: 0 });
      }),
    );
  });
});
