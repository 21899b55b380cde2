import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { join, resolve } from "node:path";
import {
  buildSpace,
  executors,
  loadSamples,
  measureLive,
  profile as measureProfile,
  openJournal,
  protocols,
} from "@partitune/profiler";
import {
  type Demand,
  loadProfile,
  type Made,
  type Plan,
  type Predict,
  type Protocol,
  parsePartition,
  saveJson,
  toolName,
  type Workload,
} from "@partitune/schema";
import { accept } from "@partitune/simulator";
import { findCandidates, formulate, solve } from "@partitune/solver";
import { fit as fitProfile, predictor } from "@partitune/surrogate";

/**
 * Records what fidelity is judged by: a profile of four networks on sixteen configurations each, and plans of three placements each,
 * deployed and measured. Run it on a machine that does nothing else: `node test/bench/fidelity/record.ts datasets/NAME`. It takes about
 * twenty minutes and resumes where it stopped.
 */
const networks = {
  resnet18: "zoo:resnet18@112",
  resnet50: "zoo:resnet50@112",
  vgg16: "zoo:vgg16@112",
  mobilenet: "zoo:mobilenet-v2@224",
} as const;
const shares = [0.25, 0.5, 0.75, 1];
const batches = [1, 2, 4, 8];
const protocol: Protocol = {
  ...protocols.quick,
  rounds: 3,
  budgetSeconds: 2.5,
  minimumSamples: 12,
  warmupSeconds: 0.3,
  warmupBudgetSeconds: 1,
};
const liveSeconds = 100;

/** Plans to deploy: for each network its part of the device, and which part of that part's capacity is demanded. */
const deployments: readonly Readonly<Record<string, readonly [share: number, load: number]>>[] = [
  { resnet18: [0.25, 0.5], resnet50: [0.35, 0.5], mobilenet: [0.3, 0.5] },
  { resnet18: [0.4, 0.3], resnet50: [0.3, 0.4], mobilenet: [0.25, 0.6] },
  { resnet18: [0.25, 0.65], resnet50: [0.4, 0.6], mobilenet: [0.3, 0.35] },
  { resnet18: [0.35, 0.4], resnet50: [0.25, 0.35], mobilenet: [0.35, 0.55] },
];

const folder = resolve(process.argv[2] ?? "datasets/cpu");
const say = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const madeNow = (): Made => ({ tool: toolName, at: new Date().toISOString(), seed: "fidelity", inputs: [] });

mkdirSync(folder, { recursive: true });
await recordProfile();
const surrogate = fitProfile(loadProfile(join(folder, "profile")), {
  samples: loadSamples(join(folder, "profile")),
  made: madeNow(),
  seed: "fidelity",
});
saveJson(join(folder, "surrogate.json"), surrogate);
for (const [index, parts] of deployments.entries()) await recordDeployment(index, parts, predictor(surrogate));
say("done");

async function recordProfile(): Promise<void> {
  const executor = executors.cpu({});
  const { device } = await executor.describe();
  const workloads = Object.entries(networks).map(
    ([name, model]): Workload => ({ name, task: "inference", engine: { engine: "onnx", model }, batches }),
  );
  const partitions = shares.map((share) => parsePartition(`cpu-share:${share}`));
  const sink = await openJournal(join(folder, "profile"));
  try {
    await measureProfile(executor, buildSpace(device, { workloads, partitions }), protocol, sink, {
      seed: "fidelity",
      onProgress: ({ done, total, current }) => say(`${done}/${total} ${current}`),
    });
  } finally {
    await sink.close();
  }
  writeFileSync(
    join(folder, "machine.txt"),
    `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Linux ${release()} ${arch()}, Node ${process.version}\n`,
  );
}

async function recordDeployment(index: number, parts: (typeof deployments)[number], predict: Predict): Promise<void> {
  const planFile = join(folder, `plan-${index}.json`);
  const traceFile = join(folder, `live-${index}.json`);
  if (existsSync(traceFile)) return;
  const plan = await findPlan(parts, predict);
  saveJson(planFile, plan);
  const { trace, warnings } = await measureLive(plan, {
    folder: join(folder, "../../.partitune/fidelity"),
    home: resolve(import.meta.dirname, "../../.."),
    durationSeconds: liveSeconds,
    seed: `fidelity ${index}`,
    made: madeNow(),
    onProgress: ({ what }) => say(`plan ${index}: ${what}`),
  });
  for (const warning of warnings) say(`warning: ${warning.where}: ${warning.cause}`);
  saveJson(traceFile, trace);
}

async function findPlan(parts: (typeof deployments)[number], predict: Predict): Promise<Plan> {
  const demands = Object.entries(parts).map(([workload, [share, load]]): Demand => {
    const at = (batch: number) =>
      predict({ workload, powerMode: "default", partition: { kind: "cpu-share", share }, batch })?.metrics;
    const capacity = Math.max(...batches.map((batch) => at(batch)?.throughput_per_s?.value ?? 0));
    return {
      workload,
      ratePerSecond: load * capacity,
      deadlineSeconds: 12 * (at(1)?.latency_p50_s?.value ?? 1),
      percentile: 0.99,
    };
  });
  const { device, workloads } = surrogate;
  const problem = formulate({
    device,
    workloads,
    demands,
    predict,
    candidates: findCandidates(surrogate),
    made: madeNow(),
  });
  const solution = await solve(problem, { accept: (plan) => accept(plan) });
  if (solution.status === "optimal" || solution.status === "feasible") return solution.plan;
  throw new Error(
    `no plan for ${JSON.stringify(demands)}: ${solution.reasons.map((reason) => reason.text).join("; ")}`,
  );
}
