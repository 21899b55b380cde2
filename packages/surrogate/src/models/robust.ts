import { TheilSenRegression } from "ml-regression";
import { z } from "zod";
import { perAxis } from "../perAxis.ts";

/**
 * The power law with the median of all pairwise slopes on log-log axes instead of least squares: up to 29 % of the rows may be wild.
 *
 * The robust polynomial of the same library draws unseeded random numbers and is not used.
 *
 * @see P. K. Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, JASA 63 (1968)
 */
export const robust = perAxis("robust", "a power law by median slopes (Theil-Sen), unmoved by a few wild rows", {
  saved: z.object({ name: z.literal("TheilSenRegression"), slope: z.number(), intercept: z.number() }),
  leastPoints: 2,
  fit: (x, y) => new TheilSenRegression(x.map(Math.log), y.map(Math.log)).toJSON(),
  prepare: (saved) => {
    const regression = TheilSenRegression.load(saved);
    return (x) => Math.exp(regression.predict(Math.log(x)));
  },
});
