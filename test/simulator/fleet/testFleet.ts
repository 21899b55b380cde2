import {
  type Device,
  type FleetPlan,
  type FleetService,
  type FleetTenant,
  gpuSchemes,
  type InterferenceModel,
  migTables,
  type Partition,
  type PlanPromise,
} from "@partitune/schema";

/** A synthetic card, cut as an A100 with 80 GB. */
export const card: Device = {
  name: "card",
  kind: "nvidia",
  processor: "formula",
  cores: 108,
  memoryBytes: 80 * 2 ** 30,
  partitionSchemes: gpuSchemes({ multiprocessors: 108, computeCapability: 8, mig: migTables["a100-80gb"] }),
  powerModes: [{ name: "default" }],
  defaultPartition: { kind: "whole" },
  synthetic: true,
};

/** One tenant of a plan made for a test. */
export interface TestTenant {
  readonly id?: string;
  readonly service: string;
  readonly processes?: number;
  readonly maxDelaySeconds?: number;
  readonly ratePerSecond?: number;
  /** Time of a batch of i + 1 requests, at index i, s; its length is the largest batch. */
  readonly times: readonly number[];
  /** By default the times. */
  readonly occupancy?: readonly number[];
  readonly ratios?: readonly number[];
}

export interface TestPiece {
  readonly gpu?: string;
  readonly partition: Partition;
  readonly tenants: readonly TestTenant[];
}

export interface TestFleet {
  readonly services: readonly (Partial<FleetService> & Pick<FleetService, "name" | "ratePerSecond">)[];
  readonly pieces: readonly TestPiece[];
  readonly interference?: InterferenceModel;
  readonly device?: Device;
  readonly promises?: readonly PlanPromise[];
}

/** A synthetic fleet plan; each service promises its p99 within its deadline, by default 1 s. */
export function testFleet({ services, pieces, interference, device = card, promises }: TestFleet): FleetPlan {
  const full = services.map((service) => ({
    workload: service.name,
    deadlineSeconds: 1,
    percentile: 0.99,
    ...service,
  }));
  const gpus = [...Map.groupBy(pieces, ({ gpu = "gpu0" }) => gpu)];
  let tenants = 0;
  return {
    kind: "fleet-plan",
    version: 1,
    made: { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] },
    devices: [device],
    workloads: [],
    rule: "given",
    interference: interference ?? { model: "none" },
    services: full,
    gpus: gpus.map(([id, own]) => ({
      id,
      device: device.name,
      powerMode: device.powerModes[0]!.name,
      pieces: own.map(({ partition, tenants: members }, i) => ({
        id: `${id}.${i}`,
        partition,
        tenants: members.map((tenant) => toTenant(tenant, `t${tenants++}`, full)),
      })),
    })),
    promises: promises ?? full.map(responsePromise),
    optimality: {
      method: "given",
      status: "feasible",
      objective: { name: "GPUs", unit: "" },
      value: gpus.length,
      bound: null,
      gap: null,
    },
    synthetic: true,
  };
}

/** The promise of a service's deadline. */
export function responsePromise({
  name,
  percentile,
  deadlineSeconds,
}: Pick<FleetService, "name" | "percentile" | "deadlineSeconds">): PlanPromise {
  return {
    id: `${name}-response`,
    subject: name,
    metric: "response_s",
    percentile,
    relation: "at-most",
    target: deadlineSeconds,
    predicted: null,
  };
}

function toTenant(
  { service, times, occupancy = times, ...tenant }: TestTenant,
  id: string,
  services: readonly FleetService[],
): FleetTenant {
  return {
    id: tenant.id ?? id,
    service,
    batch: times.length,
    processes: tenant.processes ?? 1,
    maxDelaySeconds: tenant.maxDelaySeconds ?? 0,
    ratePerSecond: tenant.ratePerSecond ?? services.find(({ name }) => name === service)?.ratePerSecond ?? 1,
    capacityPerSecond: 1,
    memoryBytes: null,
    powerWatts: null,
    expected: {
      batches: times.map((serviceSeconds, i) => ({
        batch: i + 1,
        serviceSeconds,
        occupancySeconds: occupancy[i]!,
      })),
      ratios: tenant.ratios ?? [1],
    },
    slowdown: 1,
  };
}

/** A MIG instance of the synthetic card, by its slices and start. */
export function mig(slices: 1 | 2 | 3 | 4 | 7, start: number): Partition {
  const profiles = { 1: "1g.10gb", 2: "2g.20gb", 3: "3g.40gb", 4: "4g.40gb", 7: "7g.80gb" } as const;
  return { kind: "mig", profile: profiles[slices], start };
}

export const mps = (share: number): Partition => ({ kind: "mps-share", share });
