import { describe, expect, it } from "vitest";
import { factorise, kernelRow } from "../../packages/surrogate/src/gaussianKernel.ts";

describe("kernelRow", () => {
  it("is exp(−½ Σ ((x − x′)/ℓ)²) with a length scale per feature (Rasmussen and Williams, equation 5.1)", () => {
    const [same, apart] = kernelRow(
      [1, 2],
      [
        [1, 2],
        [3, 5],
      ],
      { lengthScales: [2, 3], noise: 0.1 },
    );
    expect(same).toBe(1);
    expect(apart).toBeCloseTo(Math.exp(-1), 14);
  });
});

describe("factorise", () => {
  const [k, noise] = [Math.exp(-0.5), 0.25];
  const sample = { points: [[0], [1]], residuals: [0.3, -0.1], weights: [1, 1] };

  it("solves two points as the inverse of a 2 × 2 matrix does", () => {
    const { coefficients } = factorise(sample, { lengthScales: [1], noise });
    const determinant = (1 + noise) ** 2 - k * k;
    expect(coefficients[0]).toBeCloseTo((0.3 * (1 + noise) + 0.1 * k) / determinant, 8);
    expect(coefficients[1]).toBeCloseTo((-0.1 * (1 + noise) - 0.3 * k) / determinant, 8);
  });

  it("gives the likelihood at the best variance of the function", () => {
    const { coefficients, logLikelihood } = factorise(sample, { lengthScales: [1], noise });
    const determinant = (1 + noise) ** 2 - k * k;
    const energy = 0.3 * coefficients[0]! - 0.1 * coefficients[1]!;
    expect(logLikelihood).toBeCloseTo(-Math.log(energy / 2) - 0.5 * Math.log(determinant), 8);
  });

  it("trusts a row of half the weight half as much", () => {
    const light = factorise({ ...sample, weights: [1, 0.5] }, { lengthScales: [1], noise });
    const determinant = (1 + noise) * (1 + 2 * noise) - k * k;
    expect(light.coefficients[1]).toBeCloseTo((-0.1 * (1 + noise) - 0.3 * k) / determinant, 8);
  });

  it("survives rows that coincide", () => {
    const twins = { points: [[0], [0]], residuals: [0.1, 0.1], weights: [1, 1] };
    const { coefficients } = factorise(twins, { lengthScales: [1], noise: 1e-5 });
    expect(coefficients[0]! + coefficients[1]!).toBeCloseTo(0.1, 5);
  });
});
