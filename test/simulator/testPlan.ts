import type { Partition, Plan, PlanPromise } from "@partitune/schema";

/** One placement of a plan made for a test. */
export interface TestPlacement {
  readonly workload: string;
  readonly id?: string;
  readonly partition?: Partition;
  readonly threads?: number;
  readonly maxDelaySeconds?: number;
  /** Median service time of a batch of i + 1 requests, at index i; its length is the largest batch. */
  readonly service: readonly number[];
  /** By default the service times. */
  readonly occupancy?: readonly number[];
  readonly ratios?: readonly number[];
  readonly ratePerSecond?: number;
}

/** A plan on a synthetic processor of four cores. */
export function testPlan(placements: readonly TestPlacement[], promises: readonly PlanPromise[] = []): Plan {
  const idOf = (placement: TestPlacement): string => placement.id ?? `${placement.workload}-0`;
  return {
    kind: "plan",
    version: 1,
    made: { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] },
    device: {
      name: "bench",
      kind: "cpu",
      processor: "formula",
      cores: 4,
      memoryBytes: 2 ** 33,
      partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.05, total: 1 }],
      powerModes: [{ name: "default" }],
      defaultPartition: { kind: "whole" },
      synthetic: true,
    },
    powerMode: "default",
    workloads: [],
    demands: placements
      .filter((placement) => placement.ratePerSecond !== undefined)
      .map((placement) => ({
        workload: placement.workload,
        ratePerSecond: placement.ratePerSecond!,
        deadlineSeconds: 1,
        percentile: 0.99,
      })),
    placements: placements.map((placement) => ({
      id: idOf(placement),
      config: {
        workload: placement.workload,
        powerMode: "default",
        partition: placement.partition ?? { kind: "whole" },
        batch: placement.service.length,
      },
      threads: placement.threads ?? 4,
      maxDelaySeconds: placement.maxDelaySeconds ?? 0,
    })),
    promises: [...promises],
    optimality: {
      method: "given",
      status: "feasible",
      objective: { name: "share", unit: "1" },
      value: 1,
      bound: null,
      gap: null,
    },
    service: placements.map((placement) => ({
      placement: idOf(placement),
      batches: placement.service.map((serviceSeconds, i) => ({
        batch: i + 1,
        serviceSeconds,
        occupancySeconds: placement.occupancy?.[i] ?? serviceSeconds,
      })),
      ratios: placement.ratios ?? [1],
    })),
    synthetic: true,
  };
}

/** A promise of a response time in seconds. */
export function responsePromise(workload: string, target: number, percentile: number | null = 0.99): PlanPromise {
  return {
    id: `${workload} response`,
    subject: workload,
    metric: "response_s",
    percentile,
    relation: "at-most",
    target,
    predicted: null,
  };
}

/** A promise to answer so many requests per second. */
export function throughputPromise(workload: string, target: number): PlanPromise {
  return {
    id: `${workload} throughput`,
    subject: workload,
    metric: "throughput_per_s",
    percentile: null,
    relation: "at-least",
    target,
    predicted: null,
  };
}
