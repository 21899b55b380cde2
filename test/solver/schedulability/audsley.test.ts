import { seededRandom } from "@partitune/numerics";
import type { TaskSet } from "@partitune/schema";
import { analyseTaskSet, randomTaskSet } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { made } from "./publishedSet.ts";

/** All orders of the numbers 1 … n. */
function orders(n: number): readonly (readonly number[])[] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((order) => order.concat(n).map((_, at) => order.toSpliced(at, 0, n)));
}

/** Whether any order on the accelerator passes, other than the processor's, tried one by one. */
function someOrderPasses(set: TaskSet, analysis: "gcaps-suspend" | "gcaps-busy"): boolean {
  return orders(set.tasks.length).some((order) => {
    const inverted = set.tasks.some((a, i) =>
      set.tasks.some((b, j) => a.core === b.core && a.priority > b.priority && order[i]! < order[j]!),
    );
    if (inverted) return false;
    const tasks = set.tasks.map((task, i) => ({ ...task, gpuPriority: order[i]! }));
    return analyseTaskSet({ ...set, tasks }, analysis, made).schedulable;
  });
}

describe.each(["gcaps-suspend", "gcaps-busy"] as const)("separate priorities under %s", (analysis) => {
  test("are found exactly where trying all orders without inversions finds some", () => {
    let found = 0;
    for (let number = 0; number < 60; number++) {
      const settings = {
        cores: 2,
        tasksPerCore: [2, 3],
        utilisation: [0.5, 0.8],
        gpuTasks: [0.6, 1],
      } as const;
      const set = randomTaskSet(settings, seededRandom(`orders ${number}`));
      if (analyseTaskSet(set, analysis, made).schedulable) continue;
      const separate = analyseTaskSet(set, `${analysis}-gpu-priorities`, made).schedulable;
      expect(separate).toBe(someOrderPasses(set, analysis));
      if (separate) found++;
    }
    expect(found).toBeGreaterThan(0);
  });

  test("lose no set that passes without them", () => {
    for (let number = 0; number < 100; number++) {
      const set = randomTaskSet({ utilisation: [0.3, 0.4] }, seededRandom(`kept ${number}`));
      if (!analyseTaskSet(set, analysis, made).schedulable) continue;
      expect(analyseTaskSet(set, `${analysis}-gpu-priorities`, made).schedulable).toBe(true);
    }
  });
});
