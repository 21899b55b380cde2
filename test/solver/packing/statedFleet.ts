import type { Demand, Profile } from "@partitune/schema";
import {
  type FleetProblem,
  type PackingInput,
  packingConfigs,
  toModeTables,
  toPackingProblem,
} from "@partitune/solver";
import { lookup } from "@partitune/surrogate";
import { smallFleetProfile } from "./fleetProfile.ts";

export const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };

/** A demand at p99. */
export function demandFor(
  workload: string,
  ratePerSecond: number,
  deadlineSeconds: number,
  more: Partial<Demand> = {},
): Demand {
  return { workload, ratePerSecond, deadlineSeconds, percentile: 0.99, ...more };
}

/** Services that take a little more than two GPUs of the small synthetic profile. */
export const threeDemands: readonly Demand[] = [
  demandFor("resnet50", 1400, 0.06),
  demandFor("vgg16", 420, 0.1, { service: "photos" }),
  demandFor("bert", 60, 0.3, { percentile: 0.95 }),
];

/** A packing problem over a profile, as the command line states it: MIG instances under half-slo unless told otherwise. */
export function statedFleet(changes: Partial<PackingInput> = {}, profile: Profile = smallFleetProfile()): FleetProblem {
  const demands = changes.demands ?? threeDemands;
  const powerMode = changes.powerMode ?? "default";
  return toPackingProblem({
    device: profile.device,
    workloads: profile.workloads,
    predict: lookup(profile),
    configs: packingConfigs(profile, [...new Set(demands.map(({ workload }) => workload))]).configs,
    pieces: ["mig"],
    rule: "half-slo",
    idleWatts: toModeTables(profile).idle.find(({ mode }) => mode === powerMode)?.watts ?? null,
    ...changes,
    demands,
    powerMode,
  });
}
