import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { hashSeed, seededRandom } from "@partitune/numerics";
import { type Demand, type FleetPlan, loadProfile, type Profile } from "@partitune/schema";
import { verifyFleet } from "@partitune/simulator";
import {
  type FleetProblem,
  fewestGpus,
  type PackingRuleName,
  packingConfigs,
  toFleetPlan,
  toPackingProblem,
} from "@partitune/solver";
import { lookup } from "@partitune/surrogate";
import { checkFleetPlan } from "../solver/packing/checkFleetPlan.ts";
import { hasScenarios, scenario } from "../solver/packing/fixtures.ts";
import { publishedProfile } from "../solver/packing/fleetProfile.ts";
import { made } from "../solver/packing/statedFleet.ts";
import type { BenchRow } from "./benchRow.ts";

const counts = [10, 30, 100, 300, 1000] as const;
const limits = { seconds: 60, gap: 0.01, mebibytes: 2048 };
const seeds = 5;

/**
 * How long packing takes from a profile to a fleet plan, as services grow to a thousand, and whether its plans keep their deadlines when they are
 * simulated on fresh seeds. Every plan is checked first. Services and their demands are synthetic; so is the profile of the first rows.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const synthetic = loadProfile(fileURLToPath(new URL("../../datasets/synthetic-a100-80gb", import.meta.url)));
  for (const rule of ["parva-0.45", "queue"] as const)
    for (const count of counts) rows.push(await growthRow(synthetic, rule, count));
  const value = process.resourceUsage().maxRSS / 1024;
  const target = `≤ ${limits.mebibytes} MiB`;
  rows.push({
    name: "the process that packed them: peak memory",
    target,
    value,
    unit: "MiB",
    met: value <= limits.mebibytes,
  });
  if (hasScenarios)
    for (const rule of ["half-slo", "parva-0.45", "queue"] as const) rows.push(await attainmentRow(rule));
  else
    rows.push({
      name: "published scenarios simulated",
      value: 0,
      unit: "",
      met: null,
      note: "skipped: ../shared/data/parvagpu is not there",
    });
  return rows;
}

/** Services of random workloads, rates and deadlines: from one and a half times what a batch of 8 takes on two slices to six times that, what is possible at all. */
function randomDemands(profile: Profile, count: number): readonly Demand[] {
  const random = seededRandom(hashSeed("packing scale", count));
  const predict = lookup(profile);
  const names = profile.workloads.filter(({ task }) => task === "inference").map(({ name }) => name);
  return Array.from({ length: count }, (_, i): Demand => {
    const workload = names[random.integer(names.length)]!;
    const seconds = (profileName: string, batch: number) =>
      predict({ workload, powerMode: "default", partition: { kind: "mig", profile: profileName }, batch })!.metrics
        .latency_p50_s!.value;
    const usual = seconds("2g.20gb", 8);
    return {
      service: `service ${i}`,
      workload,
      ratePerSecond: 5 + 600 * random.next() ** 3,
      deadlineSeconds: Math.max(2.5 * seconds("7g.80gb", 1), usual * (1.5 + 4.5 * random.next())),
      percentile: 0.99,
    };
  });
}

function stated(profile: Profile, demands: readonly Demand[], rule: PackingRuleName, exact: boolean): FleetProblem {
  return toPackingProblem({
    device: profile.device,
    workloads: profile.workloads,
    demands,
    predict: lookup(profile),
    configs: packingConfigs(profile, [...new Set(demands.map(({ workload }) => workload))]).configs,
    pieces: ["mig"],
    powerMode: "default",
    rule,
    ...(exact ? { margin: { kind: "relative", excess: 0 } as const } : {}),
  });
}

async function packedPlan(fleet: FleetProblem, profile: Profile): Promise<FleetPlan> {
  const packing = await fewestGpus(fleet);
  if (packing.status !== "packed") throw new Error(JSON.stringify(packing).slice(0, 500));
  const plan = toFleetPlan({ ...packing, made });
  assert.deepEqual(checkFleetPlan(plan, profile), []);
  return plan;
}

async function growthRow(profile: Profile, rule: PackingRuleName, count: number): Promise<BenchRow> {
  const demands = randomDemands(profile, count);
  const start = performance.now();
  const packing = await fewestGpus(stated(profile, demands, rule, false));
  if (packing.status !== "packed") throw new Error(JSON.stringify(packing).slice(0, 500));
  const plan = toFleetPlan({ ...packing, made });
  const seconds = (performance.now() - start) / 1000;
  assert.deepEqual(checkFleetPlan(plan, profile), []);
  const { value, bound, gap } = plan.optimality;
  return {
    name: `pack ${count} synthetic services under ${rule}, profile to plan`,
    target: `gap ≤ ${100 * limits.gap} % in ≤ ${limits.seconds} s`,
    value: seconds,
    unit: "s",
    met: seconds <= limits.seconds && gap! <= limits.gap,
    note: `${value} GPUs, bound ${bound}, gap ${(100 * gap!).toFixed(1)} %`,
  };
}

/** The published scenarios as packed under a rule, met by Poisson arrivals: the service that keeps its deadline least often. */
async function attainmentRow(rule: PackingRuleName): Promise<BenchRow> {
  const profile = publishedProfile(3);
  const worst: string[] = [];
  let [broken, least, gpus] = [0, 1, 0];
  for (const name of ["S1", "S2", "S3", "S4"]) {
    const demands = scenario(name, rule, 3).services.map(
      ({ model, ratePerSecond, deadlineSeconds }): Demand => ({
        workload: model,
        ratePerSecond,
        deadlineSeconds,
        percentile: 0.99,
      }),
    );
    const plan = await packedPlan(stated(profile, demands, rule, true), profile);
    const { checks, traces } = verifyFleet(plan, { seeds });
    const streams = traces.flatMap(({ services }) => services);
    const means = demands.map(({ workload }) => {
      const own = streams.filter(({ service }) => service === workload);
      return own.reduce((sum, { attainment }) => sum + attainment, 0) / own.length;
    });
    broken += checks.filter(({ verdict }) => verdict === "broken").length;
    gpus += plan.gpus.length;
    least = Math.min(least, ...means);
    worst.push(`${name} ${(100 * Math.min(...means)).toFixed(2)} %`);
  }
  return {
    name: `4 published scenarios packed under ${rule}, simulated: least part of a service's requests in time`,
    value: 100 * least,
    unit: "%",
    met: null,
    note: `${worst.join(", ")}; ${gpus} GPUs; ${broken} promises broken on ${seeds} fresh seeds`,
  };
}
