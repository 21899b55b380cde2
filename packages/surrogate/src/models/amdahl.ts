import { z } from "zod";
import { amdahlLaw, fitAmdahl, prepareAmdahl } from "../amdahlLaw.ts";
import { defineModel } from "../model.ts";
import { fitScaled, prepareScaled } from "../scaleBySettings.ts";

/** t = k₀ + k₁·b + (k₂ + k₃·b)/φ, all k ≥ 0. */
export const amdahl = defineModel({
  name: "amdahl",
  summary: "fixed cost plus cost per item, a part of each shrinking with the share (Amdahl's law)",
  parameters: z.object({ base: amdahlLaw, exponents: z.array(z.number()).readonly() }),
  fit: (X, y, { weights }) => fitScaled(X, y, weights, (scaled) => fitAmdahl(X, scaled, weights), prepareAmdahl),
  prepare: (parameters) => prepareScaled(parameters, prepareAmdahl),
});
