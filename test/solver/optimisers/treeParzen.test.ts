import { seededRandom } from "@partitune/numerics";
import { optimisers } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { parzen } from "../../../packages/solver/src/optimisers/parzen.ts";

describe("the Parzen estimate", () => {
  test.each([[[]], [[0.2]], [[0, 0.1, 0.1, 0.9, 1]]])("of %j is a density: it sums to 1 over its range", (values) => {
    const { logDensity } = parzen({ low: 0, high: 1, kind: "real" }, values);
    const n = 2000;
    const mean = Array.from({ length: n }, (_, i) => Math.exp(logDensity((i + 0.5) / n))).reduce((a, b) => a + b) / n;
    expect(mean).toBeCloseTo(1, 4);
  });

  test("of whole numbers is a distribution over them, and draws follow it", () => {
    const estimate = parzen({ low: -1, high: 3, kind: "integer" }, [0, 0, 3]);
    const probabilities = [-1, 0, 1, 2, 3].map((value) => Math.exp(estimate.logDensity(value)));
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const random = seededRandom("draws");
    const count = 20_000;
    const drawn = Array.from({ length: count }, () => estimate.draw(random));
    for (const [i, probability] of probabilities.entries()) {
      expect(drawn.filter((value) => value === i - 1).length / count).toBeCloseTo(probability, 1);
    }
    expect(drawn.every((value) => value >= -1 && value <= 3 && Number.isInteger(value))).toBe(true);
  });

  test("is highest where its values are, and nowhere zero", () => {
    const { logDensity } = parzen({ low: 0, high: 10, kind: "real" }, [2, 2.1, 2.2]);
    expect(logDensity(2.1)).toBeGreaterThan(logDensity(8));
    expect(logDensity(10)).toBeGreaterThan(Math.log(1e-3));
  });
});

test("it comes nearer to a minimum than chance, on average of ten seeds", () => {
  const variables = [0, 1, 2].map(() => ({ low: -5, high: 5, kind: "real" }) as const);
  const meanOf = (name: "tree-parzen" | "random") => {
    const found = Array.from({ length: 10 }, (_, seed) => {
      const optimiser = optimisers[name]({ variables, objectives: 1, random: seededRandom(seed) });
      for (let k = 0; k < 60; k++) {
        const points = optimiser.ask();
        optimiser.tell(
          points.map((point) => ({ point, objectives: [point.reduce((sum, x) => sum + (x - 1) ** 2, 0)] })),
        );
      }
      return optimiser.best()[0]!.objectives[0]!;
    });
    return found.reduce((a, b) => a + b) / found.length;
  };
  expect(meanOf("tree-parzen")).toBeLessThan(0.5 * meanOf("random"));
});
