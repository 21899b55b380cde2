import type { FleetPlan } from "@partitune/schema";
import { exampleTenant, mpsFleetPlan } from "./exampleFleetPlan.ts";

const machine: FleetPlan["devices"][number] = {
  name: "desk",
  kind: "cpu",
  processor: "Example 2000",
  cores: 4,
  memoryBytes: 8e9,
  partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.05, total: 1 }],
  powerModes: [{ name: "default" }],
  defaultPartition: { kind: "whole" },
  synthetic: false,
};

/** Synthetic: two services on shares of one processor. */
export const cpuFleetPlan = (changes: Partial<FleetPlan> = {}): FleetPlan =>
  mpsFleetPlan({
    devices: [machine],
    services: [
      { name: "faces", workload: "resnet50", ratePerSecond: 20, deadlineSeconds: 0.2, percentile: 0.9 },
      { name: "vgg16", workload: "vgg16", ratePerSecond: 5, deadlineSeconds: 0.5, percentile: 0.95 },
      { name: "quiet", workload: "bert", ratePerSecond: 0, deadlineSeconds: 1, percentile: 0.9 },
    ],
    promises: ["faces", "vgg16", "quiet"].map((name) => ({
      id: `${name} response`,
      subject: name,
      metric: "response_s",
      percentile: 0.9,
      relation: "at-most",
      target: 0.5,
      predicted: null,
    })),
    gpus: [
      {
        id: "gpu0",
        device: machine.name,
        powerMode: "default",
        pieces: [
          {
            id: "gpu0.0",
            partition: { kind: "cpu-share", share: 0.5 },
            tenants: [exampleTenant("gpu0.0/faces", "faces", 0.004, { ratePerSecond: 20, slowdown: 1.1 })],
          },
          {
            id: "gpu0.1",
            partition: { kind: "cpu-share", share: 0.25 },
            tenants: [exampleTenant("gpu0.1/vgg16", "vgg16", 0.01, { batch: 2, ratePerSecond: 5, slowdown: 1.1 })],
          },
        ],
      },
    ],
    ...changes,
  });
