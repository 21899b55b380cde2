import { type FleetPlan, plan as planSchema, toPlacements } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { cpuFleetPlan } from "./exampleCpuFleetPlan.ts";
import { exampleTenant, migFleetPlan } from "./exampleFleetPlan.ts";

function placed(plan: FleetPlan) {
  const placements = toPlacements(plan);
  if (placements.status === "refused") throw new Error(JSON.stringify(placements.refusals));
  return placements.plan;
}

function reasons(plan: FleetPlan): readonly string[] {
  const placements = toPlacements(plan);
  return placements.status === "placed" ? [] : placements.refusals.map(({ where, cause }) => `${where} ${cause}`);
}

describe("toPlacements", () => {
  test("makes a checked plan of one processor's pieces: a placement each, a demand for every service with requests", () => {
    const plan = planSchema.parse(placed(cpuFleetPlan()));
    expect(plan.placements).toEqual([
      {
        id: "gpu0.0/faces",
        config: { workload: "resnet50", powerMode: "default", partition: { kind: "cpu-share", share: 0.5 }, batch: 4 },
        threads: 2,
        maxDelaySeconds: 0,
      },
      {
        id: "gpu0.1/vgg16",
        config: { workload: "vgg16", powerMode: "default", partition: { kind: "cpu-share", share: 0.25 }, batch: 2 },
        threads: 1,
        maxDelaySeconds: 0,
      },
    ]);
    expect(plan.demands).toEqual([
      { workload: "resnet50", service: "faces", ratePerSecond: 20, deadlineSeconds: 0.2, percentile: 0.9 },
      { workload: "vgg16", ratePerSecond: 5, deadlineSeconds: 0.5, percentile: 0.95 },
    ]);
    expect(plan.workloads.map(({ name }) => name)).toEqual(["resnet50", "vgg16"]);
  });

  test("keeps the promises of services that run, as promises of their workloads, and states the device's limits", () => {
    expect(placed(cpuFleetPlan()).promises.map(({ id, subject, target }) => [id, subject, target])).toEqual([
      ["faces response", "resnet50", 0.5],
      ["vgg16 response", "vgg16", 0.5],
      ["device share", "device", 1],
      ["device memory", "device", 8e9],
    ]);
    expect(placed(cpuFleetPlan()).promises[2]!.predicted).toEqual({ value: 0.75, low: null, high: 0.75 });
  });

  test("plans with the times that neighbours were expected to cost", () => {
    const [first] = placed(cpuFleetPlan()).service;
    expect(first!.placement).toBe("gpu0.0/faces");
    expect(first!.batches[0]!.serviceSeconds).toBeCloseTo(0.008 * 1.1, 12);
    expect(first!.batches[3]!.occupancySeconds).toBeCloseTo(0.02 * 1.1, 12);
  });

  test("refuses cards, and says where else to turn", () => {
    expect(reasons(migFleetPlan())).toEqual([`device "${migFleetPlan().gpus[0]!.device}" is no processor`]);
    expect(reasons(cpuFleetPlan({ devices: migFleetPlan().devices }))).toEqual([
      'device "desk" is none of the plan\'s devices',
    ]);
  });

  test("refuses several machines, and a plan that runs nothing", () => {
    const { gpus } = cpuFleetPlan();
    expect(reasons(cpuFleetPlan({ gpus: [...gpus, { ...gpus[0]!, id: "gpu1" }] }))).toEqual([
      "the plan spreads over 2 devices",
    ]);
    expect(reasons(cpuFleetPlan({ gpus: [] }))).toEqual(["the plan runs nothing"]);
  });

  test("refuses turns, several processes and a workload in several places, each by name", () => {
    const [gpu] = cpuFleetPlan().gpus;
    const [first, second] = gpu!.pieces;
    const again = exampleTenant("again", "faces", 0.004, { processes: 2 });
    const pieces = [
      { ...first!, tenants: [...first!.tenants, again] },
      { ...second!, tenants: [exampleTenant("lost", "nobody", 0.01)] },
    ];
    expect(reasons(cpuFleetPlan({ gpus: [{ ...gpu!, pieces }] }))).toEqual([
      'piece "gpu0.0" is shared by 2 tenants that take turns',
      'tenant "again" runs 2 processes, and a placement is one',
      'tenant "lost" is of "nobody", no service of the plan',
      'workload "resnet50" runs in 2 places',
    ]);
  });
});
