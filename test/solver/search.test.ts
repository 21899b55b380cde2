import { seededRandom } from "@partitune/numerics";
import { type ModeGrid, type Probe, search, strategies } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const grid: ModeGrid = {
  dimensions: [{ name: "GPU clock", kind: "mono", quantity: "gpu-clock" }],
  modes: [[1e9], [2e9], [3e9], [4e9]],
};
/** 1 s at 1 GHz; 5 W, and 5 W per GHz. */
const costOf = ([clock]: readonly number[]) => ({ timeSeconds: 1e9 / clock!, powerWatts: 5 + (5 * clock!) / 1e9 });
const start = (budgetWatts: number, probes = 4) =>
  strategies.exhaustive({ grid, budgetWatts, probes, random: seededRandom(1) });

describe("search", () => {
  test("returns the fastest measured mode within the budget, and the probes in order with their reasons", async () => {
    const result = await search(start(17), async (mode) => costOf(mode));
    expect(result).toMatchObject({ status: "feasible", choice: { index: 1, timeSeconds: 0.5, powerWatts: 15 } });
    expect(result.probes.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(result.probes.map(({ reason }) => reason)).toEqual(Array(4).fill("next of the grid"));
  });

  test("says what is missing when nothing fits: infeasible when all was tried, unknown otherwise", async () => {
    const nothing = await search(start(8), costOf);
    expect(nothing).toMatchObject({ status: "infeasible", leastPower: { index: 0, powerWatts: 10 }, missingWatts: 2 });
    const some = await search(start(8, 2), costOf);
    expect(some).toMatchObject({ status: "unknown", leastPower: { index: 0 }, missingWatts: 2 });
  });

  test("proves with few probes that nothing fits when more takes more power", async () => {
    for (const name of ["gmd", "roofline"] as const) {
      const result = await search(
        strategies[name]({ grid, budgetWatts: 8, probes: 4, random: seededRandom(1) }),
        costOf,
      );
      expect(result).toMatchObject({ status: "infeasible", leastPower: { index: 0 }, missingWatts: 2 });
    }
  });

  test("goes on after a mode that fails, and keeps it among the probes", async () => {
    const result = await search(start(30), (mode, index) => (index === 3 ? { failed: "refused" } : costOf(mode)));
    expect(result).toMatchObject({ status: "feasible", choice: { index: 2 } });
    expect(result.probes[3]).toMatchObject({ index: 3, outcome: { failed: "refused" } });
  });

  test("has no mode of least power when everything failed", async () => {
    const result = await search(start(30), () => ({ failed: "the power meter stopped" }));
    expect(result).toMatchObject({ status: "infeasible", leastPower: null, missingWatts: null });
  });

  test("stops when it is told to, and answers with what it has", async () => {
    const controller = new AbortController();
    const onProbe = (_: Probe, probes: readonly Probe[]) => {
      if (probes.length === 2) controller.abort();
    };
    const result = await search(start(30), costOf, { onProbe, signal: controller.signal });
    expect(result.probes).toHaveLength(2);
    expect(result).toMatchObject({ status: "feasible", choice: { index: 1 } });
  });

  test("shows every probe before a later one fails for good", async () => {
    const shown: number[] = [];
    const measure = (mode: readonly number[], index: number) => {
      if (index === 2) throw new Error("the board is gone");
      return costOf(mode);
    };
    await expect(search(start(30), measure, { onProbe: ({ index }) => shown.push(index) })).rejects.toThrow("gone");
    expect(shown).toEqual([0, 1]);
  });

  test("refuses a time that no clock can show", async () => {
    const measure = () => ({ timeSeconds: Number.NaN, powerWatts: 10 });
    await expect(search(start(30), measure)).rejects.toThrow("the time of mode 0 is NaN s");
  });
});
