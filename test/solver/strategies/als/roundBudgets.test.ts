import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roundBudgets } from "../../../../packages/solver/src/strategies/als/roundBudgets.ts";

describe("round budgets", () => {
  test("of a board are whole watts, of a server's card multiples of ten", () => {
    expect(roundBudgets(8.3, 48.1)).toEqual(Array.from({ length: 41 }, (_, i) => 9 + i));
    expect(roundBudgets(100, 700)).toEqual(Array.from({ length: 60 }, (_, i) => 110 + 10 * i));
  });

  test("rise evenly from just above the least power to the largest", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.double({ min: 1.1, max: 20, noNaN: true }),
        (low, ratio) => {
          const high = low * ratio;
          const budgets = roundBudgets(low, high);
          const step = budgets[1]! - budgets[0]!;
          expect(budgets.length).toBeGreaterThanOrEqual(20);
          expect(budgets.length).toBeLessThanOrEqual(102);
          expect(budgets[0]).toBeGreaterThan(low);
          expect(budgets[0]! - low).toBeLessThanOrEqual(step * (1 + 1e-9));
          expect(budgets.at(-1)).toBeGreaterThanOrEqual(high * (1 - 1e-9));
        },
      ),
    );
  });

  test("are a single one where there is but one power", () => {
    expect(roundBudgets(5, 5)).toHaveLength(1);
  });
});
