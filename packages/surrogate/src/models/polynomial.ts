import { PolynomialRegression } from "ml-regression";
import { z } from "zod";
import { perAxis } from "../perAxis.ts";

const degree = 2;

/** log t is a parabola in log φ plus a parabola in log b: a power law that may bend. */
export const polynomial = perAxis(
  "polynomial",
  "a parabola in the logarithm of the share plus one in that of the batch",
  {
    saved: z.object({
      name: z.literal("polynomialRegression"),
      degree: z.int(),
      powers: z.array(z.int()),
      coefficients: z.array(z.number()),
    }),
    leastPoints: degree,
    fit: (x, y) => {
      const levels = new Set(x).size;
      return new PolynomialRegression(x.map(Math.log), y.map(Math.log), Math.min(degree, levels - 1)).toJSON();
    },
    prepare: (saved) => {
      const regression = PolynomialRegression.load(saved);
      return (x) => Math.exp(regression.predict(Math.log(x)));
    },
  },
);
