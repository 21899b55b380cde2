import {
  type Choice,
  type Demand,
  type Device,
  type Made,
  type Partition,
  type Predict,
  type Problem,
  partitionFraction,
  type Workload,
} from "@partitune/schema";

export const made: Made = { tool: "test", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };

export const device: Device = {
  name: "bench",
  kind: "cpu",
  processor: "none",
  cores: 4,
  memoryBytes: 8e9,
  partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.05, total: 1 }, { kind: "core-set" }],
  powerModes: [{ name: "default" }],
  defaultPartition: { kind: "whole" },
  synthetic: false,
};

export function workload(name: string): Workload {
  const engine = { engine: "command" as const, command: ["serve", name] };
  return { name, task: "inference", engine, batches: [1, 2, 4, 8] };
}

export function demand(name: string, ratePerSecond = 20, deadlineSeconds = 0.2, percentile = 0.99): Demand {
  return { workload: name, ratePerSecond, deadlineSeconds, percentile };
}

export function share(value: number): Partition {
  return { kind: "cpu-share", share: value };
}

export interface LawOptions {
  /** Half width of all intervals relative to the value; null leaves them open. */
  readonly spread?: number | null;
  readonly energy?: boolean;
  readonly ratios?: readonly number[];
  /** Batch sizes that can be predicted; all by default. */
  readonly batches?: readonly number[];
  readonly memoryBytes?: number;
}

/** Predicts latency = (fixed + perItem·batch) / fraction for each workload's weight; extrapolated below a tenth of the device. */
export function lawOf(weights: Readonly<Record<string, number>>, options: LawOptions = {}): Predict {
  const { spread = 0.1, ratios = [1], energy = false, memoryBytes = 1e9 } = options;
  const estimate = (value: number) =>
    spread === null
      ? { value, low: null, high: null }
      : { value, low: value / (1 + spread), high: value * (1 + spread) };
  return (config) => {
    const weight = weights[config.workload];
    if (weight === undefined || (options.batches !== undefined && !options.batches.includes(config.batch)))
      return undefined;
    const fraction = partitionFraction(config.partition, device);
    const latency = (weight * (0.4 + 0.6 * config.batch)) / fraction;
    return {
      metrics: {
        latency_p50_s: estimate(latency),
        throughput_per_s: estimate(config.batch / latency),
        memory_peak_bytes: estimate(memoryBytes + 1e6 * config.batch),
        ...(energy ? { energy_per_request_j: estimate((40 * fraction * latency) / config.batch) } : {}),
      },
      serviceRatios: ratios,
      extrapolated: fraction < 0.1,
      synthetic: false,
    };
  };
}

/** A choice given by its numbers alone; `batch` tells it from others of its workload. */
export function choice(
  workloadName: string,
  batch: number,
  cost: number,
  uses: Readonly<Record<string, number>>,
): Choice {
  return {
    id: `${workloadName}-${batch}`,
    config: { workload: workloadName, powerMode: "default", partition: { kind: "whole" }, batch },
    cost,
    uses,
    values: {
      share_fraction: uses.share ?? 0,
      response_over_deadline: cost,
      response_s: 0.03,
      memory_peak_bytes: uses.memory ?? 0,
    },
    expected: {
      serviceSeconds: { value: 0.01, low: null, high: null },
      responseSeconds: { value: 0.02, low: null, high: 0.03 },
      capacityPerSecond: 100,
      utilisation: 0.2,
    },
    service: { batches: [{ batch: 1, serviceSeconds: 0.01, occupancySeconds: 0.01 }], ratios: [1] },
    margin: 0.1,
    extrapolated: false,
    violations: [],
  };
}

/** A problem given by its choices: group → [cost, uses of the budgets]. */
export function problemOf(
  groups: readonly (readonly (readonly [number, Readonly<Record<string, number>>])[])[],
  budgets: Readonly<Record<string, number>>,
): Problem {
  const names = groups.map((_, g) => `w${g}`);
  return {
    kind: "problem",
    version: 1,
    made,
    device,
    workloads: names.map(workload),
    demands: names.map((name) => demand(name)),
    objective: { name: "share", unit: "fraction" },
    rule: "queue",
    settings: [
      {
        name: "default",
        powerMode: "default",
        cost: 0,
        budgets,
        groups: groups.map((choices, g) => ({
          workload: names[g]!,
          choices: choices.map(([cost, uses], c) => choice(names[g]!, c + 1, cost, uses)),
        })),
      },
    ],
    synthetic: false,
    dropped: 0,
  };
}
