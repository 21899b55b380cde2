import { learnThenVerify } from "./learnThenVerify.ts";

/** Modes kept back to verify what is predicted: one in five, and at least one. */
const verified = 5;

/**
 * Fits a model, such as a neural network, to all but a few of the modes that may be measured, drawn at random, and verifies what it
 * predicts to be best. In the literature the prediction is taken as the answer; it breaks budgets in up to half of the cases, so here it
 * is measured.
 */
export const nnK = learnThenVerify({
  name: "nn-k",
  learnFrom: (probes) => probes - Math.max(1, Math.floor(probes / verified)),
});
