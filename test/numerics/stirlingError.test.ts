import { expect, test } from "vitest";
import { logFactorial } from "../../packages/numerics/src/logFactorial.ts";
import { stirlingError } from "../../packages/numerics/src/stirlingError.ts";

// mpmath, 30 digits
const cases: readonly (readonly [number, number])[] = [
  [1, 0.08106146679532726],
  [2, 0.0413406959554093],
  [5, 0.016644691189821193],
  [10, 0.00833056343336287],
  [15, 0.005554733551962801],
  [16, 0.0052076559196096404],
  [100, 0.0008333305556349147],
];

test.each(cases)("the error at %d agrees with mpmath", (n, error) => {
  expect(Math.abs(stirlingError(n) - error)).toBeLessThan(1e-15);
});

test("logarithms of factorials agree with the products", () => {
  let product = 1;
  for (let n = 0; n <= 170; product *= ++n) {
    expect(Math.abs(logFactorial(n) - Math.log(product))).toBeLessThan(1e-14 * Math.max(1, Math.log(product)));
  }
});
