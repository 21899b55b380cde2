import { logLinear } from "../logLinear.ts";

/** log t as a full quadratic in log φ and log b: a response surface of second order. */
export const quadratic = logLinear(
  "quadratic",
  "multivariate linear regression of logarithms, with the interaction and both squares",
  (fraction, batch) => [fraction, batch, fraction * batch, fraction * fraction, batch * batch],
);
