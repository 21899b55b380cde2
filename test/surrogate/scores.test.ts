import { describe, expect, it } from "vitest";
import { scoresOf } from "../../packages/surrogate/src/scores.ts";

const point = (measured: number, predicted: number, ratio: number | null = null) => ({
  measured,
  predicted,
  ratio,
  error: Math.abs(Math.log(measured / predicted)),
});

describe("scoresOf", () => {
  it("gives mean and median relative error, the mean with Student's interval (R: t.test(c(0.1, 0.2, 0, 0.1)))", () => {
    const { mape, medianError, heldOut } = scoresOf([point(10, 11), point(10, 12), point(10, 10), point(10, 9)]);
    expect(heldOut).toBe(4);
    expect(medianError).toBeCloseTo(0.1, 12);
    expect(mape?.value).toBeCloseTo(0.1, 12);
    expect(mape?.high).toBeCloseTo(0.2299228, 6);
    expect(mape?.low).toBe(0);
  });

  it("gives the coefficient of determination, and none for values that all agree", () => {
    expect(scoresOf([point(1, 1.5), point(2, 2), point(3, 2.5)]).r2).toBeCloseTo(0.75, 12);
    expect(scoresOf([point(2, 1), point(2, 3)]).r2).toBeNull();
  });

  it("gives coverage with the exact interval of Clopper and Pearson (R: binom.test(9, 10))", () => {
    const inside = Array.from({ length: 9 }, () => point(10, 10.5, 0.1));
    const { coverage } = scoresOf([...inside, point(10, 12, 0.1)]);
    expect(coverage?.value).toBeCloseTo(0.9, 12);
    expect(coverage?.low).toBeCloseTo(0.5549839, 6);
    expect(coverage?.high).toBeCloseTo(0.9974714, 6);
  });

  it("judges coverage only where there is an interval", () => {
    expect(scoresOf([point(1, 1), point(2, 2)]).coverage).toBeNull();
    expect(scoresOf([point(1, 1, 0.1), point(2, 2)]).coverage).toEqual({
      value: 1,
      low: expect.closeTo(0.025, 9),
      high: 1,
    });
  });

  it("leaves the interval of a single error open", () => {
    expect(scoresOf([point(10, 11)]).mape).toEqual({ value: expect.closeTo(0.1, 12), low: null, high: null });
  });
});
