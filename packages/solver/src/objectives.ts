/** What an objective may look at in a choice. */
export interface ChoiceNumbers {
  readonly shareFraction: number;
  readonly cores: number;
  /** Planned response over deadline; null when overloaded. */
  readonly responseOverDeadline: number | null;
  /** Rate × energy per request; undefined when energy is not predicted. */
  readonly powerWatts: number | undefined;
}

/** Something that is minimised, added up over workloads. */
export interface Objective {
  readonly unit: string;
  readonly definition: string;
  /** Name of the same number among a choice's values. */
  readonly value: string;
  /** What one choice adds; undefined when the predictions lack what is needed. */
  cost(numbers: ChoiceNumbers): number | undefined;
}

/** Stands for the response of an overloaded choice, which no plan may take. */
const overloadedCost = 1e6;

/** Objectives by name. */
export const objectives = {
  share: {
    unit: "fraction",
    definition: "total part of the device that placements reserve: least leaves the most headroom",
    value: "share_fraction",
    cost: (numbers) => numbers.shareFraction,
  },
  latency: {
    unit: "ratio",
    definition: "response time at the demand's percentile over its deadline, added up over workloads",
    value: "response_over_deadline",
    cost: (numbers) => numbers.responseOverDeadline ?? overloadedCost,
  },
  cores: {
    unit: "cores",
    definition: "processor cores that placements keep busy, each rounded up to whole cores",
    value: "cores",
    cost: (numbers) => numbers.cores,
  },
  power: {
    unit: "W",
    definition: "rate × gross energy per request in full batches, added up over workloads; idle power counts by use",
    value: "power_w",
    cost: (numbers) => numbers.powerWatts,
  },
} as const satisfies Record<string, Objective>;

export type ObjectiveName = keyof typeof objectives;
