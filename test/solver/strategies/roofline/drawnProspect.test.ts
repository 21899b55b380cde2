import { seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import { toClockModes } from "../../../../packages/solver/src/strategies/roofline/clockMode.ts";
import { normalDraws } from "../../../../packages/solver/src/strategies/roofline/drawnProspect.ts";
import { idleForecaster } from "../../../../packages/solver/src/strategies/roofline/idleForecaster.ts";
import { grid441 } from "../../fixtures/boards.ts";
import { boardTables } from "../../fixtures/boardTables.ts";

describe("normal draws", () => {
  const draws = normalDraws(seededRandom("draws"));
  const column = (dimension: number) => Array.from(draws).filter((_, i) => i % 7 === dimension);

  test("are the middle of sixteen equally likely intervals in every dimension, each once", () => {
    const expected = column(0).toSorted((a, b) => a - b);
    // the 1/32 quantile of the standard normal distribution, by R's qnorm
    expect(expected[0]).toBeCloseTo(-1.862732, 5);
    for (let d = 0; d < 7; d++) {
      expect(column(d)).toHaveLength(16);
      for (const [i, value] of column(d)
        .toSorted((a, b) => a - b)
        .entries())
        expect(value).toBeCloseTo(expected[i]!, 12);
    }
  });

  test("are hardly correlated between dimensions", () => {
    for (let d = 1; d < 7; d++) {
      const product = column(d).reduce((sum, value, i) => sum + value * column(d - 1)[i]!, 0) / 16;
      expect(Math.abs(product)).toBeLessThan(0.4);
    }
  });
});

describe("the forecast of idle power", () => {
  const idle = boardTables("A", grid441, 0).idle.map(({ watts }) => watts);
  const modes = toClockModes(grid441);
  const known = [0, 55, 110, 165, 220, 275, 330, 385, 440];
  const watts = Float64Array.from(idle, (value, mode) => (known.includes(mode) ? value : Number.NaN));
  const at = idleForecaster(modes, watts, 0.01);

  test("is what was measured where it was", () => {
    expect(at(220)).toEqual({ mean: Math.log(idle[220]!), variance: 0 });
  });

  test("is within a few percent elsewhere, as it says itself", () => {
    const errors = idle.map((value, mode) => Math.abs(at(mode).mean - Math.log(value)));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.03);
    const surprises = errors.filter((error, mode) => error > 3 * Math.sqrt(at(mode).variance) + 1e-12);
    expect(surprises.length).toBeLessThan(0.02 * errors.length);
  });
});
