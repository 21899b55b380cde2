import { z } from "zod";
import { fitLaunchBound, launchBoundLaw, prepareLaunchBound } from "../launchBoundLaw.ts";
import { defineModel } from "../model.ts";
import { fitScaled, prepareScaled } from "../scaleBySettings.ts";

/** t = max(t₀, k₀ + k₁·b + (k₂ + k₃·b)/φ): Amdahl's law over a floor that launching sets. */
export const launchBound = defineModel({
  name: "launch-bound",
  summary: "Amdahl's law over a floor: the time of launching, which small batches cannot fall under",
  parameters: z.object({ base: launchBoundLaw, exponents: z.array(z.number()).readonly() }),
  fit: (X, y, { weights, parent }) =>
    fitScaled(X, y, weights, (scaled) => fitLaunchBound(X, scaled, weights, parent?.base), prepareLaunchBound),
  prepare: (parameters) => prepareScaled(parameters, prepareLaunchBound),
});
