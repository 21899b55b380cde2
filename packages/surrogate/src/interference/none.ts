import type { InterferenceFit } from "../interferenceSample.ts";

/** Neighbours are not felt. */
export const none: InterferenceFit = { name: "none", fit: () => ({ model: "none" }) };
