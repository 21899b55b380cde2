import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Demand, type FleetPlan, type InterferenceModel, loadProfile, type Profile } from "@partitune/schema";
import { acceptFleet, simulateFleet, verifyFleet } from "@partitune/simulator";
import {
  fewestGpus,
  type PackingName,
  type PackingRuleName,
  type PieceKind,
  packingConfigs,
  packingRules,
  packings,
  toFleetPlan,
  toPackingProblem,
} from "@partitune/solver";
import { lookup } from "@partitune/surrogate";
import { mig, mps, type TestFleet, type TestPiece, testFleet } from "../simulator/fleet/testFleet.ts";
import { hasScenarios } from "../solver/packing/fixtures.ts";
import { publishedProfile } from "../solver/packing/fleetProfile.ts";
import type { BenchRow } from "./benchRow.ts";

const million = 1_000_000;
const dataset = fileURLToPath(new URL("../../datasets/synthetic-a100-80gb", import.meta.url));

/** Speed and memory of simulated fleets, and which of the planning rules are safe: plans played on fresh seeds. */
export async function bench(): Promise<BenchRow[]> {
  checkMD1();
  return [
    speedRow("7 MIG instances, one by one", instances(1)),
    speedRow("7 MIG instances, batches up to 8", instances(8)),
    speedRow("4 MPS shares that slow each other down, batches up to 8", shares()),
    speedRow("3 tenants that take turns on an instance, batches up to 8", turns()),
    memoryRow(),
    acceptRow(),
    ...(await publishedRows()),
    ...(await syntheticRows()),
  ];
}

/** Batch times of 1 + 0.02 k, scaled: large batches pay. */
function affine(largest: number, scale: number): readonly number[] {
  return Array.from({ length: largest }, (_, i) => scale * (1 + 0.02 * (i + 1)));
}

function instances(largest: number): FleetPlan {
  const starts = [0, 1, 2, 3, 4, 5, 6];
  return fleetOf(
    0.6 * largest,
    starts.map((start) => mig(1, start)),
    affine(largest, 1),
  );
}

function shares(): FleetPlan {
  return fleetOf(
    4,
    [0.25, 0.25, 0.25, 0.25].map((share) => mps(share)),
    affine(8, 1),
    { model: "constant", slowdown: 1.09 },
  );
}

/** One service on each piece. */
function fleetOf(
  ratePerSecond: number,
  partitions: readonly TestPiece["partition"][],
  times: readonly number[],
  interference?: InterferenceModel,
): FleetPlan {
  const fleet: TestFleet = {
    services: partitions.map((_, i) => ({ name: `s${i}`, ratePerSecond })),
    pieces: partitions.map((partition, i) => ({ partition, tenants: [{ service: `s${i}`, times }] })),
    ...(interference === undefined ? {} : { interference }),
  };
  return testFleet(fleet);
}

function turns(): FleetPlan {
  const names = ["a", "b", "c"];
  return testFleet({
    services: names.map((name) => ({ name, ratePerSecond: 1.2 })),
    pieces: [{ partition: mig(1, 0), tenants: names.map((service) => ({ service, times: affine(8, 1) })) }],
  });
}

/** Exact p99 of the response time at load 0.8, in service times (Erlang's distribution). */
function checkMD1(): void {
  const plan = fleetOf(0.8, [mig(1, 0)], [1]);
  const { p99 } = simulateFleet(plan, { seed: "bench", requests: 2 * million }).services[0]!.response;
  assert.ok(p99 !== null && p99.low! <= 11.356 && 11.356 <= p99.high!, "11.356 is not in the interval");
}

function speedRow(what: string, plan: FleetPlan): BenchRow {
  const rate = plan.services.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
  let requests = 0;
  const seconds = medianProcessorSeconds(() => {
    const trace = simulateFleet(plan, { seed: 1, durationSeconds: (3 * million) / rate, warmupSeconds: 0 });
    requests = trace.services.reduce((sum, each) => sum + each.requests, 0);
  });
  return {
    name: `fleet simulation: ${what}`,
    value: requests / seconds / million,
    unit: "million requests per second of one core",
    met: null,
  };
}

function medianProcessorSeconds(work: () => void): number {
  const times = Array.from({ length: 6 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return times.slice(1).sort((a, b) => a - b)[2]!;
}

/** High-water mark of a process of its own after 1 and after 10 million requests. */
function memoryRow(): BenchRow {
  const code = `
    const { simulateFleet } = await import(process.argv[1]);
    const { mps, testFleet } = await import(process.argv[2]);
    const plan = testFleet({
      services: ["a", "b"].map((name) => ({ name, ratePerSecond: 0.6 })),
      interference: { model: "constant", slowdown: 1.09 },
      pieces: ["a", "b"].map((service) => ({ partition: mps(0.5), tenants: [{ service, times: [1] }] })),
    });
    const peak = (requests) => {
      simulateFleet(plan, { seed: 1, requests: requests / 2 });
      return process.resourceUsage().maxRSS;
    };
    const few = peak(1e6);
    console.log(JSON.stringify({ few, many: peak(1e7) }));`;
  const modules = ["../../packages/simulator/src/index.ts", "../simulator/fleet/testFleet.ts"].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code, ...modules], {
    encoding: "utf8",
  });
  const { few, many } = JSON.parse(output) as { few: number; many: number };
  const value = (many - few) / 1024;
  return {
    name: "fleet simulation: growth of peak memory from 1 to 10 million requests",
    target: "≤ 8 MiB",
    value,
    unit: "MiB",
    met: value <= 8,
  };
}

/** 50 instances with services of widely different rates at about half load: what a solver asks in its loop. */
function acceptRow(): BenchRow {
  const pieces = Array.from({ length: 50 }, (_, i) => ({
    gpu: `gpu${Math.floor(i / 7)}`,
    start: i % 7,
    scale: 0.002 * 1.1 ** i,
  }));
  const plan = testFleet({
    services: pieces.map(({ scale }, i) => ({
      name: `s${i}`,
      ratePerSecond: 3.5 / scale,
      deadlineSeconds: 8 * scale,
    })),
    pieces: pieces.map(({ gpu, start, scale }, i) => ({
      gpu,
      partition: mig(1, start),
      tenants: [{ service: `s${i}`, times: affine(8, scale) }],
    })),
  });
  assert.equal(acceptFleet(plan), true);
  const value = medianProcessorSeconds(() => acceptFleet(plan));
  return { name: "accept a fleet plan of 50 pieces", target: "≤ 1 s", value, unit: "s", met: value <= 1 };
}

/** How many services keep their deadline in how many plans. */
interface Attainment {
  readonly gpus: number;
  readonly verdicts: Readonly<Record<"kept" | "broken" | "undecided", number>>;
  /** The least part of a service's requests that was in time. */
  readonly least: number;
  readonly accepted: number;
}

async function attainmentOf(plans: readonly FleetPlan[]): Promise<Attainment> {
  const verdicts = { kept: 0, broken: 0, undecided: 0 };
  let [least, accepted] = [1, 0];
  for (const plan of plans) {
    const { checks, traces } = verifyFleet(plan, { seeds: 4 });
    for (const { promise, verdict } of checks) if (promise.metric === "response_s") verdicts[verdict] += 1;
    least = Math.min(least, ...traces.flatMap(({ services }) => services.map(({ attainment }) => attainment)));
    if (acceptFleet(plan) === true) accepted += 1;
  }
  return { gpus: plans.reduce((sum, { gpus }) => sum + gpus.length, 0), verdicts, least, accepted };
}

interface Case {
  readonly profile: Profile;
  readonly demands: readonly Demand[];
  readonly pieces: readonly PieceKind[];
  readonly interference?: InterferenceModel;
}

async function plan(
  { profile, demands, pieces, interference = { model: "none" } }: Case,
  rule: PackingRuleName,
  method: PackingName,
): Promise<FleetPlan | null> {
  const named = demands.map(({ workload }) => workload);
  const fleet = toPackingProblem({
    device: profile.device,
    workloads: profile.workloads,
    demands,
    predict: lookup(profile),
    configs: packingConfigs(profile, named).configs,
    pieces,
    powerMode: profile.device.powerModes[0]!.name,
    rule,
    margin: { kind: "relative", excess: 0 },
    interference,
  });
  const packing = await fewestGpus(fleet, { method });
  return packing.status === "packed" ? toFleetPlan({ ...packing, made: profile.made }) : null;
}

async function attainmentRow(
  what: string,
  cases: readonly Case[],
  rule: PackingRuleName,
  method: PackingName,
): Promise<BenchRow> {
  const plans: FleetPlan[] = [];
  for (const each of cases) {
    const found = await plan(each, rule, method);
    if (found !== null) plans.push(found);
  }
  const { gpus, verdicts, least, accepted } = await attainmentOf(plans);
  const services = verdicts.kept + verdicts.broken + verdicts.undecided;
  const lost = plans.length < cases.length ? `; ${cases.length - plans.length} of ${cases.length} not servable` : "";
  return {
    name: `${what}, ${rule}, ${method}: services that keep their p99 under Poisson arrivals`,
    value: services === 0 ? 0 : (100 * verdicts.kept) / services,
    unit: "%",
    met: null,
    note: `${gpus} GPUs; ${services} services: ${verdicts.kept} kept, ${verdicts.broken} broken, ${verdicts.undecided} undecided; least in time ${(100 * least).toFixed(2)} %; ${accepted} of ${plans.length} plans accepted${lost}`,
  };
}

/** Every rule, by column generation. */
async function ruleRows(what: string, cases: readonly Case[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const rule of Object.keys(packingRules) as readonly PackingRuleName[])
    rows.push(await attainmentRow(what, cases, rule, exactly));
  return rows;
}

const exactly: PackingName = "column-generation";

/** Every other method, under the default rule. */
async function methodRows(what: string, cases: readonly Case[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const methods = (Object.keys(packings) as readonly PackingName[]).filter(
    (name) => name !== exactly && name !== "milp",
  );
  for (const name of methods) rows.push(await attainmentRow(what, cases, "queue", name));
  return rows;
}

async function publishedRows(): Promise<BenchRow[]> {
  if (!hasScenarios)
    return [
      {
        name: "fleet simulation: published scenarios",
        value: 0,
        unit: "",
        met: null,
        note: "skipped: ../shared/data/parvagpu is not there",
      },
    ];
  const profile = publishedProfile(3);
  const table = readFileSync(new URL("../../../shared/data/parvagpu/slo_tidy.csv", import.meta.url), "utf8");
  const lines = table
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  const cases = ["S1", "S2", "S3", "S4"].map(
    (name): Case => ({
      profile,
      demands: lines
        .filter(([of]) => of === name)
        .map(([, workload, milliseconds, rate]) => ({
          workload: workload!,
          ratePerSecond: Number(rate),
          deadlineSeconds: Number(milliseconds) / 1000,
          percentile: 0.99,
        })),
      pieces: ["mig"],
    }),
  );
  const what = "4 published scenarios on MIG";
  return [...(await ruleRows(what, cases)), ...(await methodRows(what, cases))];
}

/** Services of the synthetic card, with deadlines of 4 to 20 times a batch of one on the whole card. */
async function syntheticRows(): Promise<BenchRow[]> {
  const profile = loadProfile(dataset);
  const predict = lookup(profile);
  const { configs } = packingConfigs(
    profile,
    profile.workloads.filter(({ task }) => task === "inference").map(({ name }) => name),
  );
  const quickest = new Map<string, number>();
  for (const config of configs) {
    const seconds = config.batch === 1 ? predict(config)?.metrics.latency_p50_s?.value : undefined;
    if (seconds !== undefined)
      quickest.set(config.workload, Math.min(seconds, quickest.get(config.workload) ?? seconds));
  }
  const demands = [...quickest].map(
    ([workload, seconds], i): Demand => ({
      workload,
      ratePerSecond: (0.2 + 0.4 * (i % 3)) / seconds,
      deadlineSeconds: seconds * (4 + 4 * (i % 5)),
      percentile: 0.99,
    }),
  );
  const shared: Case = {
    profile,
    demands,
    pieces: ["mps-share"],
    interference: { model: "constant", slowdown: 1.09 },
  };
  return [
    ...(await ruleRows("synthetic card on MIG", [{ profile, demands, pieces: ["mig"] }])),
    ...(await ruleRows("synthetic card on MPS shares", [shared])),
  ];
}
