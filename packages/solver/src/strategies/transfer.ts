import { learnThenVerify } from "./learnThenVerify.ts";

/**
 * As nn-k, with a model that already knows another workload on the device and only learns how this one differs: a few modes tell that, so
 * that half of them are left to verify what is predicted.
 *
 * After PowerTrain (arXiv 2407.13944), which transfers networks from a reference workload; the model comes in through `learn`.
 */
export const transfer = learnThenVerify({ name: "transfer", learnFrom: (probes) => Math.ceil(probes / 2) });
