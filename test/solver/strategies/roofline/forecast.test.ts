import { expectedImprovement } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import { correlationsWith } from "../../../../packages/solver/src/strategies/roofline/correlationsWith.ts";
import { mixture } from "../../../../packages/solver/src/strategies/roofline/mixture.ts";
import { residualProcess } from "../../../../packages/solver/src/strategies/roofline/residualProcess.ts";

describe("expected improvement", () => {
  test("of no predicted gain is the deviation over √(2π)", () => {
    expect(expectedImprovement(0, 1)).toBeCloseTo(0.3989422804, 9);
    expect(expectedImprovement(0, 0.02)).toBeCloseTo(0.007978845608, 11);
  });

  test("of a sure gain is the gain, of a sure loss nothing", () => {
    expect(expectedImprovement(0.5, 0.01)).toBeCloseTo(0.5, 9);
    expect(expectedImprovement(-0.5, 0.01)).toBeCloseTo(0, 9);
  });
});

describe("a mixture", () => {
  test("spreads by its parts and by how far they disagree", () => {
    const parts = [
      { mean: 0, variance: 1 },
      { mean: 4, variance: 1 },
    ];
    expect(mixture(parts, [0.5, 0.5])).toEqual({ mean: 2, variance: 5 });
    expect(mixture([{ mean: 3, variance: 0.5 }], [1])).toEqual({ mean: 3, variance: 0.5 });
  });
});

describe("the process of departures", () => {
  const scale = { least: 0.02, largest: 0.1, factor: 2 };

  test("returns towards the law, and to full uncertainty, far from what was measured", () => {
    const at = residualProcess([[1]], [0.04], scale);
    expect(at([0])).toEqual({ mean: 0, variance: 0.02 ** 2 });
  });

  test("nearly meets what was measured: one residual r shrinks to r·a²/(a² + noise²)", () => {
    // a = 0.02 (a single residual has no spread), noise 0.01
    const { mean, variance } = residualProcess([[1]], [0.04], scale)([1]);
    expect(mean).toBeCloseTo(0.04 * 0.8, 12);
    expect(variance).toBeCloseTo(0.02 ** 2 * 0.2, 12);
  });

  test("is as large as the residuals, within bounds", () => {
    const correlations = [
      [1, 0],
      [0, 1],
    ];
    expect(residualProcess(correlations, [0.03, -0.03], scale)([0, 0]).variance).toBeCloseTo(0.06 ** 2, 12);
    expect(residualProcess(correlations, [0.9, -0.9], scale)([0, 0]).variance).toBeCloseTo(0.1 ** 2, 12);
  });
});

describe("correlations of departures", () => {
  const correlate = correlationsWith([
    [0, 0],
    [0, 1],
    [1, 1],
    [0.6, 0.6],
  ]);

  test("are 1 with the mode itself, and less the farther another is", () => {
    const [self, near, far] = correlate(0);
    expect(self).toBe(1);
    // 0.6 · exp(−½ (1/0.6)²) + 0.4 · 1/2, and 0.6 · exp(−½ · 2/0.36)
    expect(near).toBeCloseTo(0.3496113, 6);
    expect(far).toBeCloseTo(0.0373059, 6);
  });

  test("are higher for a mode that shares a level than for a nearer one that shares none", () => {
    const [, shared, , apart] = correlate(0);
    expect(shared).toBeGreaterThan(apart!);
  });
});
