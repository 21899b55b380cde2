import { z } from "zod";

/**
 * A value with its interval. The confidence is stated once by the file that holds it (99 % for measurements, the
 * surrogate's own for predictions). A side is `null` when it is open: too few samples to bound it.
 */
export const estimate = z.strictObject({
  value: z.number().describe("the point estimate, in the unit of the metric"),
  low: z.number().nullable().describe("lower end of the interval; null when open"),
  high: z.number().nullable().describe("upper end of the interval; null when open"),
});
export type Estimate = Readonly<z.infer<typeof estimate>>;

/** An estimate that claims no uncertainty: both ends are the value. */
export function exactly(value: number): Estimate {
  return { value, low: value, high: value };
}
