import type { InterferenceFit } from "../interferenceSample.ts";
import { typicalSlowdown } from "../typicalSlowdown.ts";

/** The guard: everybody who has a neighbour is slowed down alike, by the median of what was measured. */
export const constant: InterferenceFit = {
  name: "constant",
  fit: (samples) => ({ model: "constant", slowdown: typicalSlowdown(samples) }),
};
