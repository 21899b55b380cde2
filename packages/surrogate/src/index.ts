// Verbs

// A shelf entry
export type { FeatureRow } from "./features.ts";
export { type FitOptions, fit } from "./fit.ts";
export { lookup } from "./lookup.ts";
export type { Model, ModelContext, Parameters } from "./model.ts";
// The shelf
export { models } from "./models/index.ts";
export { predictor } from "./predictor.ts";
export type { Samples } from "./serviceRatios.ts";
