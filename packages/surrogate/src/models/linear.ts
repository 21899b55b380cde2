import { logLinear } from "../logLinear.ts";

/** log t = β₀ + β₁·log φ + β₂·log b + β₃·log φ·log b: a power law whose exponent for the batch may depend on the share. */
export const linear = logLinear(
  "linear",
  "multivariate linear regression of logarithms, with the interaction of share and batch",
  (fraction, batch) => [fraction, batch, fraction * batch],
);
