import { rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compareLive } from "@partitune/profiler";
import {
  type Demand,
  type FleetPlan,
  loadProfile,
  type Plan,
  type SharingComparison,
  type SharingLane,
  toolName,
  toPlacements,
} from "@partitune/schema";
import { usualArrivals } from "@partitune/simulator";
import { fastestMode, fewestGpus, packingConfigs, toFleetPlan, toPackingProblem } from "@partitune/solver";
import { lookup } from "@partitune/surrogate";
import type { BenchRow } from "./benchRow.ts";

const home = resolve(import.meta.dirname, "../..");
/** Length of a comparison, for each way of sharing. */
const durationSeconds = 50;
/** What neighbours on this processor are planned to cost. */
const slowdown = 1.09;

/** Three networks that begin one after the other, at rates that take about half of two cores. */
const demands: readonly Demand[] = [
  { workload: "resnet18", ratePerSecond: 20, deadlineSeconds: 0.15, percentile: 0.95 },
  { workload: "resnet50", ratePerSecond: 8, deadlineSeconds: 0.3, percentile: 0.95 },
  { workload: "vgg16", ratePerSecond: 7, deadlineSeconds: 0.8, percentile: 0.95 },
];

/** How requests come: as promised, and with a neighbour that sends four times as many. */
const scenarios = [
  { name: "as promised", excess: 1 },
  { name: "vgg16 sends four times its rate", excess: 4 },
] as const;

/**
 * Isolation measured on this machine's processor: the networks of datasets/cpu-xeon-2c planned on shares of it, served as planned and then
 * unpartitioned, under the same requests, one network beginning after the other. Fit for an idle machine.
 */
export async function bench(): Promise<BenchRow[]> {
  const fleet = await packed();
  const rows: BenchRow[] = [];
  for (const { name, excess } of scenarios) {
    const { comparison, told } = await compared(fleet, excess);
    const own = [
      ...comparison.lanes.flatMap((lane) => laneRows(lane, comparison, told, excess)),
      ...growthRows(comparison),
    ];
    rows.push(...own.map((row) => ({ ...row, name: `${name}: ${row.name}` })));
  }
  return rows;
}

/** @param excess  vgg16's requests over those it was planned for */
async function compared(fleet: FleetPlan, excess: number) {
  const folder = join(tmpdir(), `partitune-isolation-${process.pid}`);
  const rates = fleet.services.map((service) => ({
    ...service,
    ratePerSecond: service.ratePerSecond * (service.workload === "vgg16" ? excess : 1),
  }));
  try {
    const { comparison, warnings } = await compareLive(placed(fleet), {
      folder,
      home,
      directory: home,
      durationSeconds,
      starts: Object.fromEntries(
        demands.map(({ workload }, i) => [workload, { startSeconds: (i * durationSeconds) / 5 }]),
      ),
      arrivals: usualArrivals.even(rates),
      seed: 1,
      made: { tool: toolName, at: new Date().toISOString(), seed: 1, inputs: [] },
    });
    return {
      comparison,
      told: [
        ...new Set(warnings.filter(({ code }) => code === "load-late").map(({ where, cause }) => `${where}: ${cause}`)),
      ].join("; "),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function packed(): Promise<FleetPlan> {
  const profile = loadProfile(join(home, "datasets/cpu-xeon-2c/profile"));
  const predict = lookup(profile);
  const named = demands.map(({ workload }) => workload);
  const { configs } = packingConfigs(profile, named);
  const packing = await fewestGpus(
    toPackingProblem({
      device: profile.device,
      workloads: profile.workloads,
      demands,
      predict,
      configs,
      pieces: ["cpu-share"],
      powerMode: fastestMode(configs, named, predict),
      rule: "queue",
      interference: { model: "constant", slowdown },
    }),
  );
  if (packing.status !== "packed") throw new Error(`the services cannot be packed: ${JSON.stringify(packing)}`);
  return toFleetPlan({ ...packing, made: profile.made });
}

function placed(fleet: FleetPlan): Plan {
  const placements = toPlacements(fleet);
  if (placements.status === "placed") return placements.plan;
  throw new Error(`the plan is not of one processor: ${JSON.stringify(placements.refusals)}`);
}

/** What every service saw while all of them ran; nothing is promised to one that sends more than it said. */
function laneRows(
  { title, name, streams }: SharingLane,
  { phases }: SharingComparison,
  told: string,
  excess: number,
): BenchRow[] {
  return streams.map(({ service, phases: seen }) => {
    const { p50, p99, deviationSeconds, attainment, requests } = seen[phases.length - 1]!;
    const { percentile, deadlineSeconds } = demands.find(({ workload }) => workload === service)!;
    const isPromised = name === "plan" && !(service === "vgg16" && excess > 1);
    const notes = [
      `p50 ${milliseconds(p50?.value)}, deviation ${milliseconds(deviationSeconds)}, ${percent(attainment)} of ${requests} within ${milliseconds(deadlineSeconds)}`,
      `load average ${loadavg()[0]!.toFixed(1)}`,
      ...(told === "" ? [] : [told]),
    ];
    return {
      name: `${service}, ${title}: p99 while all run`,
      ...(isPromised ? { target: `${percent(percentile)} in time` } : {}),
      value: (p99?.value ?? Number.NaN) * 1e3,
      unit: "ms",
      met: isPromised ? (attainment ?? 0) >= percentile : null,
      note: notes.join("; "),
    };
  });
}

/** How the service that runs throughout fares when the others join it, in both ways of sharing. */
function growthRows({ lanes }: SharingComparison): BenchRow[] {
  const [plan, free] = lanes.map(({ streams: [first] }) => {
    const [alone, together] = [first!.phases[0]!, first!.phases.at(-1)!];
    return {
      p99: together.p99!.value / alone.p99!.value,
      deviation: together.deviationSeconds! / alone.deviationSeconds!,
    };
  });
  const service = demands[0]!.workload;
  return (["p99", "deviation"] as const).map((what) => ({
    name: `${service}, partitioned as planned: ${what === "p99" ? "p99" : "standard deviation"} with the others over alone`,
    target: "less than unpartitioned",
    value: plan![what],
    unit: "1",
    met: plan![what] < free![what],
    note: `unpartitioned ${free![what].toPrecision(3)}`,
  }));
}

function milliseconds(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? "–" : `${(seconds * 1e3).toPrecision(3)} ms`;
}

function percent(part: number | null): string {
  return part === null ? "–" : `${Number((100 * part).toPrecision(3))} %`;
}
