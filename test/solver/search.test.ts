import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type ModeGrid, type ModeRun, type Probe, search, strategies } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const grid: ModeGrid = {
  dimensions: [{ name: "GPU clock", kind: "mono", quantity: "gpu-clock" }],
  modes: [[1e9], [2e9], [3e9], [4e9]],
  names: ["1", "2", "3", "4"],
};
/** 1 s at 1 GHz; 5 W, and 5 W per GHz. */
const costOf = ({ mode }: ModeRun) => ({ timeSeconds: 1 / (mode + 1), powerWatts: 5 + 5 * (mode + 1) });
const within = (budgetWatts: number): ModeProblem => ({
  kind: "training",
  training: "net",
  objective: "time",
  budgetWatts,
});
const start = (budgetWatts: number, probes = 4) =>
  strategies.exhaustive({ grid, problem: within(budgetWatts), probes, random: seededRandom(1) });

describe("search", () => {
  test("returns the fastest measured mode within the budget, and the probes in order with their reasons", async () => {
    const result = await search(start(17), async (run) => costOf(run));
    expect(result).toMatchObject({ status: "feasible", answer: { choice: { mode: "2", seconds: 0.5, watts: 15 } } });
    expect(result.probes.map(({ run }) => run.mode)).toEqual([0, 1, 2, 3]);
    expect(result.probes.map(({ reason }) => reason)).toEqual(Array(4).fill("next of the grid"));
  });

  test("says what is missing when nothing fits: infeasible when all was tried, unknown otherwise", async () => {
    const nothing = await search(start(8), costOf);
    expect(nothing).toMatchObject({ status: "infeasible", answer: { nearest: { mode: "1", watts: 10 } } });
    const some = await search(start(8, 2), costOf);
    expect(some).toMatchObject({ status: "unknown", answer: { nearest: { mode: "1" } } });
  });

  test("proves with few probes that nothing fits when more takes more power", async () => {
    for (const name of ["gmd", "roofline"] as const) {
      const result = await search(
        strategies[name]({ grid, problem: within(8), probes: 4, random: seededRandom(1) }),
        costOf,
      );
      expect(result).toMatchObject({ status: "infeasible", answer: { nearest: { mode: "1" } } });
    }
  });

  test("goes on after a mode that fails, and keeps it among the probes", async () => {
    const result = await search(start(30), (run) => (run.mode === 3 ? { failed: "refused" } : costOf(run)));
    expect(result).toMatchObject({ status: "feasible", answer: { choice: { mode: "3" } } });
    expect(result.probes[3]).toMatchObject({ run: { mode: 3 }, outcome: { failed: "refused" } });
  });

  test("has no mode of least power when everything failed", async () => {
    const result = await search(start(30), () => ({ failed: "the power meter stopped" }));
    expect(result).toMatchObject({ status: "infeasible", answer: { nearest: null } });
  });

  test("stops when it is told to, and answers with what it has", async () => {
    const controller = new AbortController();
    const onProbe = (_: Probe, probes: readonly Probe[]) => {
      if (probes.length === 2) controller.abort();
    };
    const result = await search(start(30), costOf, { onProbe, signal: controller.signal });
    expect(result.probes).toHaveLength(2);
    expect(result).toMatchObject({ status: "feasible", answer: { choice: { mode: "2" } } });
  });

  test("shows every probe before a later one fails for good", async () => {
    const shown: number[] = [];
    const measure = (run: ModeRun) => {
      if (run.mode === 2) throw new Error("the board is gone");
      return costOf(run);
    };
    await expect(search(start(30), measure, { onProbe: ({ run }) => shown.push(run.mode) })).rejects.toThrow("gone");
    expect(shown).toEqual([0, 1]);
  });

  test("refuses a time that no clock can show", async () => {
    const measure = () => ({ timeSeconds: Number.NaN, powerWatts: 10 });
    await expect(search(start(30), measure)).rejects.toThrow('the time of mode 0 with "net" is NaN s');
  });
});
