import { planPredictions } from "@partitune/profiler";
import type { FilledTask, KernelFillPlan } from "@partitune/schema";
import { expect, test } from "vitest";

const [conv, relu, softmax] = ["Conv", "Relu", "Softmax"].map((name) => ({ name, grid: null, block: null })) as [
  FilledTask["identities"][0],
  FilledTask["identities"][0],
  FilledTask["identities"][0],
];

function entry(
  identity: number,
  occurrence: number | null,
  execution: number,
  idle: number | null,
): FilledTask["table"][0] {
  return {
    identity,
    occurrence,
    samples: 3,
    execution: { q50: 1, q90: 1, planned: execution, longest: execution },
    idle: idle === null ? null : { q10: 1, q50: 1, planned: idle },
  };
}

function task(name: string, role: FilledTask["role"], table: FilledTask["table"]): FilledTask {
  const identities = [relu, conv];
  return { name, role, priority: 0, streamPriority: 0, maxInFlight: 1, identities, hashes: ["0", "1"], table };
}

const table = [entry(0, 0, 5, 50), entry(0, null, 6, 60), entry(1, 0, 7, null), entry(1, null, 8, 80)];
const plan = { tasks: [task("high", "high", table), task("low", "low", table)] } as unknown as KernelFillPlan;
const own = { identities: [conv, relu, softmax], rows: [1, 0, 1, 2, 0] };

test("operators are looked up at their occurrence, then by their identity, however the trace numbers it", () => {
  const { idles, executions } = planPredictions(plan, { name: "high", ...own }, [{ name: "low", ...own }]);
  expect(executions).toEqual([[5, 7, 6, Number.POSITIVE_INFINITY, 8]]);
  expect(idles).toEqual([50, 80, 60, 0, 80]);
});

test("operators whose idle time is from the same entry share a key, those that are not known have their own", () => {
  const { keys } = planPredictions(plan, { name: "high", ...own }, []);
  expect(keys[1]).toBe(keys[4]);
  expect(new Set(keys).size).toBe(4);
});

test("a task of another role is not the one that was planned", () => {
  expect(() => planPredictions(plan, { name: "low", ...own }, [])).toThrow('has no task "low" of high priority');
});
