import { effectiveSamples, lagOneAutocorrelation, seededRandom } from "@partitune/numerics";
import { expect, test } from "vitest";

function autoregressive(rho: number, n: number): number[] {
  const random = seededRandom(`ar ${rho}`);
  let x = random.normal();
  return Array.from({ length: n }, () => {
    x = rho * x + Math.sqrt(1 - rho * rho) * random.normal();
    return x;
  });
}

test("the lag-1 autocorrelation of 1 2 3 4 5 is 0.4, as R's acf", () => {
  expect(lagOneAutocorrelation([1, 2, 3, 4, 5])).toBeCloseTo(0.4, 15);
});

test.each([0.9, 0.5, 0])("an autoregressive sequence of correlation %d is worth n (1 − ρ)/(1 + ρ)", (rho) => {
  const samples = autoregressive(rho, 50_000);
  expect(lagOneAutocorrelation(samples)).toBeCloseTo(rho, 1);
  expect(effectiveSamples(samples) / ((50_000 * (1 - rho)) / (1 + rho))).toBeCloseTo(1, 1);
});

test("it never claims more than n, nor less than one", () => {
  expect(effectiveSamples([1, -1, 1, -1, 1, -1])).toBe(6);
  expect(effectiveSamples(Array.from({ length: 1000 }, (_, i) => i))).toBeGreaterThanOrEqual(1);
  expect(effectiveSamples([5])).toBe(1);
});

test("a constant sequence has no correlation to speak of", () => {
  expect(lagOneAutocorrelation([2, 2, 2])).toBe(0);
  expect(effectiveSamples([2, 2, 2])).toBe(3);
});

test("scale and offset change nothing", () => {
  const samples = autoregressive(0.5, 200);
  const moved = samples.map((x) => 1e6 + 1e-3 * x);
  expect(lagOneAutocorrelation(moved)).toBeCloseTo(lagOneAutocorrelation(samples), 5);
});

test("nothing has no autocorrelation", () => {
  expect(() => lagOneAutocorrelation([])).toThrow("at least one sample");
  expect(() => effectiveSamples([])).toThrow(RangeError);
});
