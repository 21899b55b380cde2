import type { InterferenceModel, Occupant, Utilisations } from "@partitune/schema";

/** One measured slowdown: a workload on its piece while others of the card work, against the same alone. */
export interface InterferenceSample {
  readonly subject: Occupant;
  /** At least one. */
  readonly neighbours: readonly Occupant[];
  /** Time of a batch with neighbours over its time alone. Noise may take it below 1. */
  readonly slowdown: number;
}

/** A way to predict slowdowns. */
export interface InterferenceFit {
  readonly name: InterferenceModel["model"];
  /**
   * @param samples  at least one
   * @param utilisations  of the workloads, as far as they are known
   * @returns null when there is too little to fit
   */
  readonly fit: (samples: readonly InterferenceSample[], utilisations: Utilisations) => InterferenceModel | null;
}
