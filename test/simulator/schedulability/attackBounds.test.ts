import { seededRandom } from "@partitune/numerics";
import { InputError, type ResponseTimes, type TaskSet } from "@partitune/schema";
import { attackBounds } from "@partitune/simulator";
import { type AnalysisName, analyseTaskSet, randomTaskSet } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { made, setOf, task } from "../../solver/schedulability/publishedSet.ts";
import { randomChains } from "../../solver/schedulability/randomChains.ts";

/** Sets small enough to be played in a moment; some tasks of every third have no deadline. */
function coreTasks(number: number): TaskSet {
  const bestEffort = number % 3 === 0 ? 0.3 : 0;
  return randomTaskSet({ cores: 2, utilisation: [0.2, 0.5], bestEffort }, seededRandom(`attacked ${number}`));
}

/** Every bound a ns shorter. */
function shortened(times: ResponseTimes): ResponseTimes {
  const tasks = times.tasks.map((row) => ({
    ...row,
    boundSeconds: row.boundSeconds === null ? null : (Math.round(row.boundSeconds * 1e9) - 1) / 1e9,
  }));
  return { ...times, tasks };
}

describe.each(["limited-preemptive", "host-gap"] as const)("bounds of chains under %s", (analysis) => {
  const sets = Array.from({ length: 200 }, (_, number) =>
    randomChains(seededRandom(`chains ${number}`), analysis === "host-gap"),
  );
  const options = { games: 12, periods: 5, seed: "chains" };

  test("are never broken, and some are reached to the ns", () => {
    const attacked = sets.flatMap((set) => attackBounds(set, analyseTaskSet(set, analysis, made), options));
    expect(attacked.length).toBeGreaterThan(200);
    expect(attacked.filter(({ broken }) => broken)).toEqual([]);
    expect(attacked.some(({ boundSeconds, longestSeconds }) => boundSeconds === longestSeconds)).toBe(true);
  });

  test("are broken in many sets when they are a ns shorter", () => {
    const broken = sets.filter((set) =>
      attackBounds(set, shortened(analyseTaskSet(set, analysis, made)), options).some((row) => row.broken),
    );
    expect(broken.length).toBeGreaterThan(10);
  });
});

const gcaps = [
  "gcaps-suspend",
  "gcaps-busy",
  "gcaps-suspend-gpu-priorities",
  "gcaps-busy-gpu-priorities",
] as const satisfies readonly AnalysisName[];

describe.each(gcaps)("bounds under %s", (analysis) => {
  test("are never broken while a task has the accelerator for its kernels alone, and are nearly reached", () => {
    const attacked = Array.from({ length: 40 }, (_, number) => coreTasks(number)).flatMap((set) =>
      attackBounds(set, analyseTaskSet(set, analysis, made), { games: 4, periods: 2, seed: "cores" }),
    );
    expect(attacked.length).toBeGreaterThan(200);
    expect(attacked.filter(({ broken }) => broken)).toEqual([]);
    expect(Math.max(...attacked.map((row) => row.longestSeconds / row.boundSeconds))).toBeGreaterThan(0.95);
  });
});

describe("a run list that is held through launches", () => {
  // The urgent task launches for 10 ms on another core; the published analysis charges its kernels of 1 ms alone.
  const set = setOf([task("urgent", [0, 2], [50, 0], [[10, 1]]), task("other", [1, 1], [50, 0], [[0, 5]])], {
    update: 0,
  });
  const times = analyseTaskSet(set, "gcaps-suspend", made);

  test("goes beyond the published bound, which does not cover it", () => {
    const attack = (holding: "execution" | "segment") =>
      attackBounds(set, times, { seed: 1, holding }).find((row) => row.task === "other")!;
    expect(times.tasks[1]!.boundSeconds).toBe(0.006);
    expect(attack("execution").broken).toBe(false);
    expect(attack("segment")).toMatchObject({ broken: true, longestSeconds: 0.016 });
  });
});

describe("an attack", () => {
  test("is the same for the same seed", () => {
    const set = coreTasks(1);
    const times = analyseTaskSet(set, "gcaps-busy", made);
    expect(attackBounds(set, times, { seed: "x" })).toEqual(attackBounds(set, times, { seed: "x" }));
  });

  test("is refused for an analysis that has no game", () => {
    const set = coreTasks(1);
    expect(() => attackBounds(set, analyseTaskSet(set, "round-robin-busy", made), { seed: 1 })).toThrow(InputError);
  });
});
