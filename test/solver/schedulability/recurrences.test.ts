import { seededRandom } from "@partitune/numerics";
import { type AnalysisName, analyseTaskSet, randomTaskSet } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leastFixedPoint } from "../../../packages/solver/src/leastFixedPoint.ts";
import { made, setOf, task } from "./publishedSet.ts";

const interference = fc.record({
  period: fc.integer({ min: 1, max: 10 ** 12 }),
  jitter: fc.integer({ min: 0, max: 10 ** 12 }),
  work: fc.integer({ min: 1, max: 10 ** 11 }),
});

/** The same by definition, in whole numbers without a limit of digits. */
function exact(
  base: number,
  others: readonly { period: number; jitter: number; work: number }[],
  limit: number,
): bigint {
  let response = BigInt(base);
  while (response <= limit) {
    let next = BigInt(base);
    for (const { period, jitter, work } of others)
      next += ((response + BigInt(jitter) + BigInt(period) - 1n) / BigInt(period)) * BigInt(work);
    if (next === response) break;
    response = next;
  }
  return response;
}

describe("the least fixed point", () => {
  test("is that of exact whole numbers, up to a day in ns", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 11 }), fc.array(interference, { maxLength: 6 }), (base, others) => {
        const load = others.reduce((sum, { period, work }) => sum + work / period, 0);
        fc.pre(load < 0.95);
        const limit = 86_400 * 10 ** 9;
        const found = leastFixedPoint({ base, interferences: others }, limit);
        const expected = exact(base, others, limit);
        if (expected <= limit) expect(BigInt(found)).toBe(expected);
        else expect(found).toBeGreaterThan(limit);
      }),
    );
  });

  test("comes at once where tiny jobs take nearly all of the time, and where they take all of it", () => {
    const nearly = [{ period: 1_000_000, jitter: 0, work: 999_999 }];
    expect(leastFixedPoint({ base: 10, interferences: nearly }, 10 ** 12)).toBe(10_000_000);
    const all = [{ period: 2, jitter: 0, work: 2 }];
    expect(leastFixedPoint({ base: 1, interferences: all }, 10 ** 15)).toBeGreaterThan(10 ** 15);
  });
});

const names: readonly AnalysisName[] = [
  "gcaps-suspend",
  "gcaps-busy",
  "gcaps-suspend-gpu-priorities",
  "gcaps-busy-gpu-priorities",
  "round-robin-suspend",
  "round-robin-busy",
];

describe.each(names)("under %s", (name) => {
  const sets = Array.from({ length: 40 }, (_, number) =>
    randomTaskSet({ utilisation: [0.2, 0.5], bestEffort: 0.2 }, seededRandom(`set ${number}`)),
  );

  test("the order in which tasks are listed changes no bound", () => {
    for (const set of sets) {
      const there = analyseTaskSet(set, name, made).tasks;
      const back = analyseTaskSet({ ...set, tasks: set.tasks.toReversed() }, name, made).tasks;
      expect(back.toReversed()).toEqual(there);
    }
  });

  test("longer updates, switches and processor times never make a set pass", () => {
    for (const set of sets) {
      const { accelerator } = set;
      const slower = {
        ...set,
        accelerator: {
          ...accelerator,
          updateSeconds: accelerator.updateSeconds * 2,
          switchSeconds: accelerator.switchSeconds * 2,
        },
        tasks: set.tasks.map((each) => ({ ...each, cpuSeconds: each.cpuSeconds * 1.1 })),
      };
      if (!analyseTaskSet(set, name, made).schedulable)
        expect(analyseTaskSet(slower, name, made).schedulable).toBe(false);
    }
  });

  test("all times twice as long make all bounds twice as long", () => {
    for (const set of sets.slice(0, 10)) {
      const { accelerator } = set;
      const doubled = {
        ...set,
        accelerator: {
          sliceSeconds: 2 * accelerator.sliceSeconds,
          switchSeconds: 2 * accelerator.switchSeconds,
          updateSeconds: 2 * accelerator.updateSeconds,
        },
        tasks: set.tasks.map((each) => ({
          ...each,
          periodSeconds: 2 * each.periodSeconds,
          deadlineSeconds: 2 * each.deadlineSeconds,
          cpuSeconds: 2 * each.cpuSeconds,
          segments: each.segments.map(({ launchSeconds, executionSeconds }) => ({
            launchSeconds: 2 * launchSeconds,
            executionSeconds: 2 * executionSeconds,
          })),
        })),
      };
      const bounds = (of: typeof set) =>
        analyseTaskSet(of, name, made).tasks.map(({ boundSeconds }) =>
          boundSeconds === null ? null : Math.round(boundSeconds * 1e9),
        );
      expect(bounds(doubled)).toEqual(bounds(set).map((bound) => (bound === null ? null : 2 * bound)));
    }
  });
});

describe("chains of kernels", () => {
  test("wait for one kernel of lower priority, less the ns by which it came first", () => {
    const chains = [
      task(
        "a",
        [0, 2],
        [20, 0],
        [
          [0, 2],
          [0, 3],
        ],
      ),
      task(
        "b",
        [1, 1],
        [50, 0],
        [
          [0, 4],
          [0, 6],
        ],
      ),
    ];
    const { tasks } = analyseTaskSet(setOf(chains), "limited-preemptive", made);
    // a: 5 ms of its own, 6 ms − 1 ns of waiting. b: its 10 ms and one job of a: its last kernel begins before the next one comes.
    expect(tasks.map(({ boundSeconds }) => boundSeconds)).toEqual([0.010999999, 0.015]);
  });

  test("wait once for each gap of their own", () => {
    const chains = [
      task(
        "a",
        [0, 2],
        [40, 0],
        [
          [0, 2],
          [1, 3],
        ],
      ),
      task(
        "b",
        [1, 1],
        [100, 0],
        [
          [0, 4],
          [0, 6],
        ],
      ),
    ];
    const { tasks, proof } = analyseTaskSet(setOf(chains), "host-gap", made);
    // a: 5 ms of kernels, 1 ms of gaps, twice 6 ms − 1 ns. b: 10 ms of its own and one job of a, which may come late.
    expect(tasks.map(({ boundSeconds }) => boundSeconds)).toEqual([0.017999998, 0.015]);
    expect(proof).toBe("simulated");
  });

  test("wait for kernels of tasks without deadlines too", () => {
    const filler = task("filler", [1, 0], [50, 0], [[0, 7]], { bestEffort: true });
    const set = setOf([task("a", [0, 2], [20, 0], [[0, 2]]), filler]);
    for (const analysis of ["limited-preemptive", "host-gap"] as const)
      expect(analyseTaskSet(set, analysis, made).tasks[0]!.boundSeconds).toBe(0.008999999);
  });
});
