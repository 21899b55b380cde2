import { ExponentialRegression } from "ml-regression";
import { z } from "zod";
import { perAxis } from "../perAxis.ts";

/** t = A·exp(p·φ)·exp(q·b): a metric that changes by the same ratio with every step of the share or the batch. */
export const exponential = perAxis("exponential", "an exponential of the share times an exponential of the batch", {
  saved: z.object({ name: z.literal("exponentialRegression"), A: z.number(), B: z.number() }),
  leastPoints: 2,
  fit: (x, y) => new ExponentialRegression(x, y).toJSON(),
  prepare: (saved) => {
    const regression = ExponentialRegression.load(saved);
    return (x) => regression.predict(x);
  },
});
