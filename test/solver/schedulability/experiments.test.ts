import { hashSeed, seededRandom } from "@partitune/numerics";
import { checkFile, InputError } from "@partitune/schema";
import {
  analyseTaskSet,
  delayComposition,
  estimateSwitch,
  randomTaskSet,
  schedulabilityCurves,
  schedulabilityExperiments,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { worstFitDecreasing } from "../../../packages/solver/src/worstFitDecreasing.ts";
import { made } from "./publishedSet.ts";

describe("random task sets", () => {
  const sets = Array.from({ length: 200 }, (_, number) => randomTaskSet({}, seededRandom(number)));

  test("keep to what the published experiments state", () => {
    for (const { cores, tasks } of sets) {
      expect(cores).toBe(4);
      expect(tasks.length).toBeGreaterThanOrEqual(12);
      expect(tasks.length).toBeLessThanOrEqual(24);
      const users = tasks.filter(({ segments }) => segments.length > 0);
      expect(users.length / tasks.length).toBeGreaterThan(0.35);
      expect(users.length / tasks.length).toBeLessThan(0.65);
      for (const { periodSeconds, deadlineSeconds, segments, cpuSeconds } of users) {
        expect(periodSeconds).toBeGreaterThanOrEqual(0.03);
        expect(periodSeconds).toBeLessThanOrEqual(0.5);
        expect(deadlineSeconds).toBe(periodSeconds);
        expect(segments.length).toBeLessThanOrEqual(3);
        const time = segments.reduce((sum, part) => sum + part.launchSeconds + part.executionSeconds, 0);
        expect(time / cpuSeconds).toBeGreaterThan(0.199);
        expect(time / cpuSeconds).toBeLessThan(2.001);
      }
    }
  });

  test("use 0.4 to 0.6 of each core, spread so that no core has much more than another", () => {
    const loads = sets.map(({ cores, tasks }) =>
      Array.from({ length: cores }, (_, core) =>
        tasks
          .filter((task) => task.core === core)
          .map(({ cpuSeconds, segments, periodSeconds }) => {
            const parts = segments.map((part) => part.launchSeconds + part.executionSeconds);
            return [cpuSeconds, ...parts].reduce((sum, time) => sum + time, 0) / periodSeconds;
          })
          .reduce((sum, load) => sum + load, 0),
      ),
    );
    for (const load of loads) {
      const total = load.reduce((sum, each) => sum + each, 0);
      expect(total).toBeGreaterThan(1.599);
      expect(total).toBeLessThan(2.401);
    }
    const spread = (load: readonly number[]) => Math.max(...load) - Math.min(...load);
    expect(loads.map(spread).toSorted((a, b) => a - b)[100]).toBeLessThan(0.05);
  });

  test("give the shorter period the greater priority, and tasks without deadlines the least", () => {
    const { tasks } = randomTaskSet({ bestEffort: 0.5 }, seededRandom("order"));
    const urgentFirst = tasks.toSorted((a, b) => b.priority - a.priority);
    const kinds = urgentFirst.map(({ bestEffort }) => Number(bestEffort));
    expect(kinds).toEqual(kinds.toSorted());
    const periods = urgentFirst.filter(({ bestEffort }) => !bestEffort).map(({ periodSeconds }) => periodSeconds);
    expect(periods).toEqual(periods.toSorted((a, b) => a - b));
    expect(kinds.filter((kind) => kind === 1)).toHaveLength(Math.round(tasks.length / 2));
  });

  test("are files that can be read back, the same for the same seed", () => {
    expect(randomTaskSet({}, seededRandom("seed"))).toEqual(randomTaskSet({}, seededRandom("seed")));
    expect(checkFile(sets[0], "set.json", "task-set")).toEqual(sets[0]);
  });

  test("refuse settings out of range", () => {
    expect(() => randomTaskSet({ utilisation: [0.6, 0.4] }, seededRandom(1))).toThrow(InputError);
    expect(() => randomTaskSet({ tasksPerCore: [1.5, 2] }, seededRandom(1))).toThrow(/whole numbers/);
    expect(() => randomTaskSet({ bestEffort: 2 }, seededRandom(1))).toThrow(InputError);
    expect(() => randomTaskSet({ cores: 0 }, seededRandom(1))).toThrow(InputError);
  });

  test("are placed the largest first, each where there is least", () => {
    expect(worstFitDecreasing([1, 5, 4, 3, 3], 2)).toEqual([1, 0, 1, 1, 0]);
  });
});

describe("the published experiment", () => {
  const request = { experiment: "best-effort", setsPerPoint: 40, seed: 3, made } as const;

  test("counts what each analysis accepts, over the same sets", () => {
    const { curves } = schedulabilityCurves({ ...request, analyses: ["gcaps-busy"] });
    const point = curves[0]!.points[5]!;
    const accepted = Array.from({ length: 40 }, (_, number) =>
      randomTaskSet({ bestEffort: 0.5 }, seededRandom(hashSeed(3, number))),
    ).filter((set) => analyseTaskSet(set, "gcaps-busy", made).schedulable);
    expect(point.x).toBe(0.5);
    expect(point.accepted).toBe(accepted.length / 40);
    expect(point.low).toBeLessThan(point.accepted);
    expect(point.high).toBeGreaterThan(point.accepted);
  });

  // Published in words (GCAPS, ECRTS 2024): up to 40 % more sets than the default; separate priorities lose none.
  test("has GCAPS well ahead of round robin, and separate priorities no worse", () => {
    const file = schedulabilityCurves(request);
    const accepted = (analysis: string) =>
      file.curves.find((curve) => curve.analysis === analysis)!.points.map((point) => point.accepted);
    const gain = accepted("gcaps-suspend").map((share, i) => share - accepted("round-robin-suspend")[i]!);
    expect(Math.max(...gain)).toBeGreaterThan(0.3);
    for (const [i, share] of accepted("gcaps-busy").entries())
      expect(accepted("gcaps-busy-gpu-priorities")[i]).toBeGreaterThanOrEqual(share);
    expect(checkFile(file, "curves.json", "schedulability")).toEqual(file);
  });

  test("tells how far it is, and varies what its axis names", () => {
    for (const name of Object.keys(schedulabilityExperiments) as (keyof typeof schedulabilityExperiments)[]) {
      const seen: number[] = [];
      const { curves } = schedulabilityCurves({
        experiment: name,
        setsPerPoint: 1,
        seed: 1,
        analyses: ["gcaps-suspend"],
        made,
        onPoint: (done) => seen.push(done),
      });
      expect(seen).toEqual(curves[0]!.points.map((_, i) => i + 1));
    }
  });

  test("refuses analyses of chains, and no sets at all", () => {
    expect(() => schedulabilityCurves({ ...request, analyses: ["host-gap"] })).toThrow(InputError);
    expect(() => schedulabilityCurves({ ...request, setsPerPoint: 0 })).toThrow(InputError);
  });
});

describe("the context switch", () => {
  // GCAPS (ECRTS 2024), equation 15.
  test("is what kernels together take beyond one after another, per slice", () => {
    expect(estimateSwitch(1, { kernels: 2, seconds: 2.4 }, 1e-3)).toBeCloseTo(0.2e-3, 12);
  });

  test("cannot be told from kernels that ran side by side", () => {
    expect(() => estimateSwitch(1, { kernels: 2, seconds: 1.9 }, 1e-3)).toThrow(
      /less than the 2 s of one after another/,
    );
    expect(() => estimateSwitch(0, { kernels: 2, seconds: 2 }, 1e-3)).toThrow(InputError);
    expect(() => estimateSwitch(1, { kernels: 1, seconds: 2 }, 1e-3)).toThrow(InputError);
  });
});

describe("delay composition", () => {
  const jobs = [
    { name: "urgent", priority: 2, arrivalSeconds: 1, stageSeconds: [2, 5, 1] },
    { name: "other", priority: 1, arrivalSeconds: 0, stageSeconds: [3, 1, 4] },
  ];

  // By hand from the theorem: urgent 5 + (2 + 5). other, before urgent: 4 + (5 + 2 together) + (3 + 5).
  test("adds the longest stages of jobs, and the longest job of stages", () => {
    expect(delayComposition(jobs, "preemptive").map(({ boundSeconds }) => boundSeconds)).toEqual([12, 19]);
  });

  // urgent: 5 + (2 + 5) + (3 + 1 + 4). other: 4 + 5 + (3 + 5).
  test("adds the longest less urgent job of every stage where nobody is interrupted, and says that this is not proved", () => {
    const bounds = delayComposition(jobs, "non-preemptive");
    expect(bounds.map(({ boundSeconds }) => boundSeconds)).toEqual([20, 17]);
    expect(bounds.map(({ proof }) => proof)).toEqual(["simulated", "simulated"]);
  });

  test("refuses jobs that do not pass the same stages, and equal priorities", () => {
    const [first, second] = jobs as [(typeof jobs)[0], (typeof jobs)[0]];
    expect(() => delayComposition([first, { ...second, stageSeconds: [1] }], "preemptive")).toThrow(InputError);
    expect(() => delayComposition([first, { ...second, priority: 2 }], "preemptive")).toThrow(/same priority/);
    expect(() => delayComposition([{ ...first, arrivalSeconds: -1 }], "preemptive")).toThrow(InputError);
  });
});
