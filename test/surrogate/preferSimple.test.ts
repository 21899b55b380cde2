import { describe, expect, it } from "vitest";
import { preferSimple } from "../../packages/surrogate/src/preferSimple.ts";

describe("preferSimple", () => {
  it("takes the best when it is better on every row", () => {
    expect(
      preferSimple([
        [0.05, 0.06, 0.04, 0.05],
        [0.02, 0.02, 0.02, 0.03],
      ]),
    ).toBe(1);
  });

  it("takes the simpler of two that win and lose by chance", () => {
    expect(
      preferSimple([
        [0.05, 0.01, 0.06, 0.02],
        [0.01, 0.06, 0.01, 0.05],
      ]),
    ).toBe(0);
  });

  it("does not tell errors apart that no plan depends on", () => {
    expect(
      preferSimple([
        [1e-5, 2e-5, 3e-5],
        [1e-16, 1e-16, 1e-16],
      ]),
    ).toBe(0);
  });

  it("takes the best by its mean when there is one row", () => {
    expect(preferSimple([[0.3], [0.2], [0.25]])).toBe(1);
  });

  it("finds nothing among nothing", () => {
    expect(preferSimple([])).toBeUndefined();
  });
});
