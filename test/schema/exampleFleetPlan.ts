import { devices } from "@partitune/profiler";
import type { FleetPiece, FleetPlan, FleetService, FleetTenant, Partition } from "@partitune/schema";

/** Names of the services of the example plans. */
export const exampleServices: readonly FleetService[] = [
  { name: "faces", workload: "resnet50", ratePerSecond: 300, deadlineSeconds: 0.06, percentile: 0.99 },
  { name: "photos", workload: "vgg16", ratePerSecond: 80, deadlineSeconds: 0.1, percentile: 0.99 },
  { name: "notes", workload: "bert", ratePerSecond: 10, deadlineSeconds: 0.4, percentile: 0.95 },
];

/** A synthetic tenant: a batch of b takes `perItemSeconds · (b + 1)`. */
export function exampleTenant(
  id: string,
  service: string,
  perItemSeconds: number,
  changes: Partial<FleetTenant> = {},
): FleetTenant {
  const batch = changes.batch ?? 4;
  const batches = Array.from({ length: batch }, (_, i) => {
    const seconds = perItemSeconds * (i + 2);
    return { batch: i + 1, serviceSeconds: seconds, occupancySeconds: seconds };
  });
  return {
    id,
    service,
    batch,
    processes: 1,
    maxDelaySeconds: 0,
    ratePerSecond: 10,
    capacityPerSecond: 20,
    memoryBytes: 2 * 1024 ** 3,
    powerWatts: 60,
    expected: { batches, ratios: [1] },
    slowdown: 1,
    ...changes,
  };
}

function piece(id: string, partition: Partition, ...tenants: readonly FleetTenant[]): FleetPiece {
  return { id, partition, tenants };
}

const a100 = devices.a100;

const migGpu = {
  id: "gpu0",
  device: a100.name,
  powerMode: a100.powerModes[0]!.name,
  pieces: [
    piece(
      "gpu0.0",
      { kind: "mig", profile: "2g.20gb", start: 0 },
      exampleTenant("photos-0", "photos", 0.004, { ratePerSecond: 80, capacityPerSecond: 120 }),
    ),
    piece(
      "gpu0.1",
      { kind: "mig", profile: "1g.10gb", start: 2 },
      exampleTenant("notes-0", "notes", 0.02, { batch: 2, ratePerSecond: 5, capacityPerSecond: 8 }),
      exampleTenant("faces-1", "faces", 0.005, { ratePerSecond: 20, capacityPerSecond: 30 }),
    ),
    piece(
      "gpu0.2",
      { kind: "mig", profile: "3g.40gb", start: 4 },
      exampleTenant("faces-0", "faces", 0.002, { processes: 2, ratePerSecond: 280, capacityPerSecond: 420 }),
    ),
  ],
};

const mpsGpu = {
  id: "gpu1",
  device: a100.name,
  powerMode: a100.powerModes[0]!.name,
  pieces: [
    piece(
      "gpu1.0",
      { kind: "mps-share", share: 0.5 },
      exampleTenant("faces-0", "faces", 0.002, { ratePerSecond: 300, capacityPerSecond: 380, slowdown: 1.09 }),
    ),
    piece(
      "gpu1.1",
      { kind: "mps-share", share: 0.3 },
      exampleTenant("photos-0", "photos", 0.004, { ratePerSecond: 80, capacityPerSecond: 130, slowdown: 1.09 }),
    ),
    piece(
      "gpu1.2",
      { kind: "mps-share", share: 0.2 },
      exampleTenant("notes-0", "notes", 0.02, { batch: 2, capacityPerSecond: 25, slowdown: 1.09 }),
    ),
  ],
};

/** Everything of a synthetic fleet plan but its cards. */
function planOf(gpus: FleetPlan["gpus"], changes: Partial<FleetPlan>): FleetPlan {
  return {
    kind: "fleet-plan",
    version: 1,
    made: { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] },
    devices: [a100],
    workloads: [...new Set(exampleServices.map(({ workload }) => workload))].map((name) => ({
      name,
      task: "inference",
      engine: { engine: "command", command: ["serve", name] },
      batches: [1, 2, 4],
    })),
    rule: "queue",
    interference: { model: "constant", slowdown: 1.09 },
    services: exampleServices,
    gpus,
    promises: exampleServices.map(({ name, deadlineSeconds, percentile }) => ({
      id: `${name}-response`,
      subject: name,
      metric: "response_s",
      percentile,
      relation: "at-most",
      target: deadlineSeconds,
      predicted: null,
    })),
    optimality: {
      method: "column-generation",
      status: "optimal",
      objective: { name: "GPUs", unit: "" },
      value: gpus.length,
      bound: gpus.length,
      gap: 0,
    },
    synthetic: true,
    ...changes,
  };
}

/** Synthetic: three MIG instances of one card; two services take turns on the smallest. */
export const migFleetPlan = (changes: Partial<FleetPlan> = {}): FleetPlan => planOf([migGpu], changes);

/** Synthetic: uneven MPS shares of one card. */
export const mpsFleetPlan = (changes: Partial<FleetPlan> = {}): FleetPlan => planOf([mpsGpu], changes);
