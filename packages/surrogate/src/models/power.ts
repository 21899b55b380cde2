import { PowerRegression } from "ml-regression";
import { z } from "zod";
import { perAxis } from "../perAxis.ts";

/** t = A·φ^p·b^q: a power of the device fraction times a power of the batch. */
export const power = perAxis("power", "a power of the share times a power of the batch", {
  saved: z.object({ name: z.literal("powerRegression"), A: z.number(), B: z.number() }),
  leastPoints: 2,
  fit: (x, y) => new PowerRegression(x, y).toJSON(),
  prepare: (saved) => {
    const regression = PowerRegression.load(saved);
    return (x) => regression.predict(x);
  },
});
