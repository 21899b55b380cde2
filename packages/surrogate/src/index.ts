// Verbs

// Costs of modes, as strategies learn them
export type { CostFunction, CostRow, LearnCosts, LearntCost } from "./costs.ts";
// A shelf entry
export type { FeatureRow } from "./features.ts";
export { type FitOptions, fit } from "./fit.ts";
export { logRatioLearner } from "./logRatioLearner.ts";
export { lookup } from "./lookup.ts";
export { lookupCosts } from "./lookupCosts.ts";
export type { Model, ModelContext, Parameters } from "./model.ts";
// The shelf
export { models } from "./models/index.ts";
// Neural networks
export type { Network } from "./neural/network.ts";
export { type CostNetworks, costFunction, neuralLearner } from "./neural/neuralLearner.ts";
export { type ImportPackage, type OpenTensorBackendOptions, openTensorBackend } from "./neural/openTensorBackend.ts";
export { improvedNetwork, publishedNetwork, type Recipe } from "./neural/recipe.ts";
export type { TensorBackend, TensorBackendName } from "./neural/tensorBackend.ts";
export { parseCostNetworks, type TransferOptions, trainReference, transferLearner } from "./neural/transfer.ts";
export { predictor } from "./predictor.ts";
export type { Samples } from "./serviceRatios.ts";

// Interference: how neighbours slow each other down

export { fitInterference, fitInterferenceSamples, type InterferenceOptions } from "./fitInterference.ts";
export { interferenceModels } from "./interference/index.ts";
export type { InterferenceFit, InterferenceSample } from "./interferenceSample.ts";
export { interferenceSamples, type ProfileSamples } from "./interferenceSamples.ts";
export { profileUtilisations } from "./profileUtilisations.ts";

// Kernels: what operations of a task take, and how long the device is idle between them

export { buildKernelProfile, type KernelProfileOptions } from "./buildKernelProfile.ts";
export type { KernelEstimator } from "./kernelEstimator.ts";
export { type HeldOutKernels, predictHeldOutKernels } from "./predictHeldOutKernels.ts";
export {
  type KernelPrediction,
  type KernelSequence,
  kernelPredictor,
  type PredictKernelsOptions,
  predictKernels,
} from "./predictKernels.ts";
export { type KernelScores, scoreKernels } from "./scoreKernels.ts";
