import { mkdirSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { quantile } from "@partitune/numerics";
import { cpuExecutor, measureTurns, type TurnsMeasurement } from "@partitune/profiler";
import type { Device, ModePlan, ModeStream, Seconds, Workload } from "@partitune/schema";
import { verifyModePlan } from "@partitune/simulator";
import { backlogged, type ConcurrentChoice, concurrent, type InferenceRow, type Policy } from "@partitune/solver";
import { readMinibatchLog } from "../../packages/profiler/src/interleave/minibatchLog.ts";
import type { BenchRow } from "./benchRow.ts";

const home = resolve(import.meta.dirname, "../..");
const profileSeconds = 4;
/** Minibatches are planned with this quantile of their measured time, so that few take longer than the rules expect. */
const quantilePlannedWith = 0.99;
/**
 * Part of the promised latency, and of the rate beside it, that is left free for whatever else the machine does. With a tenth, one of
 * twelve promised latencies was missed (by 6 %) while other programs kept the machine busy many times over.
 */
const margin = 0.2;
/** Part of the time that the urgent inference takes, in its smallest minibatches. */
const load = 0.3;
const durationSeconds = 32;
/** No power is measured here, and none promised; the schema asks for a number. */
const nominalWatts = 1;

const urgent: Workload = {
  name: "mobilenet",
  task: "inference",
  engine: { engine: "onnx", model: "zoo:mobilenet-v2@112" },
  batches: [1, 2, 4, 8],
};
const backlog: Workload = {
  name: "resnet18",
  task: "inference",
  engine: { engine: "onnx", model: "zoo:resnet18@112" },
  batches: [1, 2, 4],
};
const training: Workload = {
  name: "perceptron",
  task: "training",
  engine: { engine: "command", command: ["node", join(import.meta.dirname, "interleaving/perceptronWorker.ts")] },
  batches: [256],
};

/** Batch → a high quantile of its time on the whole processor, alone. */
type Times = ReadonlyMap<number, Seconds>;

/** Urgent inference beside something else, and what is asked of both. */
interface Pair {
  readonly device: Device;
  readonly beside: Workload;
  readonly times: { readonly urgent: Times; readonly beside: Times };
  readonly ratePerSecond: number;
  readonly latencySeconds: Seconds;
}

/**
 * Urgent MobileNetV2 beside a backlog of ResNet-18, and beside training of a small perceptron in JavaScript, on this machine's processor:
 * measured alone, solved, carried out under even load, by two policies and unmanaged. The promise is the worst latency of MobileNetV2.
 */
export async function bench(): Promise<BenchRow[]> {
  const { device } = await cpuExecutor().describe();
  const urgentTimes = await profileAlone(urgent, device);
  const rows: BenchRow[] = [];
  for (const beside of [backlog, training]) {
    const times = { urgent: urgentTimes, beside: await profileAlone(beside, device) };
    const ratePerSecond = Math.round((load / urgentTimes.get(1)!) * 10) / 10;
    const latencySeconds = promisedLatency(times.beside.get(beside.batches[0]!)!, ratePerSecond);
    rows.push(...(await runPair({ device, beside, times, ratePerSecond, latencySeconds })));
  }
  return rows;
}

async function runPair(pair: Pair): Promise<BenchRow[]> {
  const slack = planOf(pair, "slack");
  const runs = [
    { how: "slack", plan: slack, measured: await measure(slack, true) },
    { how: "reserve", plan: planOf(pair, "reserve"), measured: await measure(planOf(pair, "reserve"), true) },
  ];
  const unmanaged = await measure(slack, false);
  return [
    ...runs.flatMap(({ how, plan, measured }) => rowsOfPlan(how, plan, measured)),
    ...rowsOfRun("unmanaged, minibatches as with slack", slack, unmanaged),
  ];
}

/** By the same server that carries plans out: a plan that runs nothing but this. */
async function profileAlone(workload: Workload, device: Device): Promise<Times> {
  const times = new Map<number, Seconds>();
  for (const batch of workload.batches) {
    const alone = { policy: "greedy", toleratedSeconds: 0, highestPerWindow: null } as const;
    const background = { workload: workload.name, batch, ...alone, expected: { seconds: 1, watts: nominalWatts } };
    const plan = { ...emptyPlan(device), background };
    const seconds = await inFolder(async (folder) => {
      const measured = { folder, home, durationSeconds: profileSeconds, warmupSeconds: 1, seed: 1, made: plan.made };
      await measureTurns(plan, measured);
      const { minibatches } = readMinibatchLog(join(folder, "minibatches.jsonl"));
      return Float64Array.from(minibatches, ({ start, end }) => end - start).sort();
    });
    times.set(batch, quantile(seconds, quantilePlannedWith));
  }
  return times;
}

/** Room for a window of four requests, and for three of the smallest minibatches beside it. */
function promisedLatency(besideSeconds: Seconds, ratePerSecond: number): Seconds {
  return Math.round((4 / ratePerSecond + 3 * besideSeconds) * 100) / 100;
}

function solve({ beside, times, ratePerSecond, latencySeconds }: Pair, policy: Policy) {
  const demand = {
    inference: rowsOf(times.urgent),
    ratePerSecond,
    latencySeconds: latencySeconds * (1 - margin),
    policy,
    dispatcher: "windowed",
    highestLoad: 0.95,
    budget: { kind: "peak", watts: nominalWatts },
  } as const;
  const answer =
    beside.task === "training"
      ? concurrent({ ...demand, training: rowsOf(times.beside) })
      : backlogged({ ...demand, backlog: rowsOf(times.beside) });
  if (answer.status !== "optimal" || answer.choice.trainingRate === 0)
    throw new Error(`this machine cannot run both: ${JSON.stringify(answer.reasons)}`);
  const batch = "backlogBatch" in answer.choice ? Number(answer.choice.backlogBatch) : beside.batches[0]!;
  return { choice: answer.choice as ConcurrentChoice, batch };
}

function rowsOf(times: Times): readonly InferenceRow[] {
  return Array.from(times, ([batch, seconds]) => ({ mode: "default", batch, seconds, watts: nominalWatts }));
}

function planOf(pair: Pair, policy: Policy): ModePlan {
  const { device, beside, times, ratePerSecond, latencySeconds } = pair;
  const { choice, batch } = solve(pair, policy);
  return {
    ...emptyPlan(device),
    inferences: [
      {
        workload: urgent.name,
        ratePerSecond,
        batch: choice.batch!,
        dispatcher: "windowed",
        windowSeconds: choice.windowSeconds!,
        expected: { seconds: times.urgent.get(choice.batch!)!, watts: nominalWatts },
      },
    ],
    background: {
      workload: beside.name,
      batch,
      policy,
      toleratedSeconds: choice.toleratedSeconds,
      highestPerWindow: null,
      expected: { seconds: times.beside.get(batch)!, watts: nominalWatts },
    },
    promises: [
      {
        id: "latency",
        subject: urgent.name,
        metric: "worst_response_s",
        relation: "at-most",
        target: latencySeconds,
        predicted: { value: choice.latencySeconds!, low: null, high: null },
      },
      {
        id: "rate beside",
        subject: beside.name,
        metric: "throughput_per_s",
        relation: "at-least",
        target: (1 - margin) * choice.trainingRate,
        predicted: { value: choice.trainingRate, low: null, high: null },
      },
    ],
  };
}

/** A plan for this machine that runs nothing yet. */
function emptyPlan(device: Device): ModePlan {
  return {
    kind: "mode-plan",
    version: 1,
    made: { tool: "bench", at: new Date().toISOString(), seed: null, inputs: [] },
    device,
    workloads: [urgent, backlog, training],
    powerMode: device.powerModes[0]!,
    inferences: [],
    background: null,
    idleWatts: null,
    changeoverSeconds: 0,
    promises: [],
    holds: null,
    synthetic: false,
  };
}

function measure(plan: ModePlan, managed: boolean): Promise<TurnsMeasurement> {
  return inFolder((folder) => measureTurns(plan, { folder, home, durationSeconds, managed, seed: 1, made: plan.made }));
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(tmpdir(), `partitune-interleaving-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The rows of a plan carried out, each promise with its verdict. */
function rowsOfPlan(how: string, plan: ModePlan, measured: TurnsMeasurement): BenchRow[] {
  const [latency, rate] = plan.promises as [ModePlan["promises"][0], ModePlan["promises"][0]];
  const { checks } = verifyModePlan(plan, { measured: measured.trace, seeds: 2 });
  const isKept = (i: number) => checks[i]!.verdicts.measured === "kept";
  const [worst, p99, beside] = rowsOfRun(how, plan, measured);
  return [
    { ...worst, target: `≤ ${ms(latency.target)} promised, ${ms(latency.predicted!.value)} expected`, met: isKept(0) },
    p99,
    { ...beside, target: `≥ ${rate.target.toPrecision(3)}/s promised`, met: isKept(1) },
  ];
}

function rowsOfRun(how: string, plan: ModePlan, measured: TurnsMeasurement): [BenchRow, BenchRow, BenchRow] {
  const { inferences, background } = measured.trace.periods[0]!;
  const [{ batch, ratePerSecond, windowSeconds }] = plan.inferences as [ModePlan["inferences"][0]];
  const { requests, windows, overflowed, worstSeconds, p99Seconds } = inferences[0] as ModeStream;
  const beside = plan.background!;
  const name = `${urgent.name} ${ratePerSecond}/s, ${batch} every ${ms(windowSeconds)}, ${beside.workload} in ${beside.batch}s, ${how}`;
  const note = `${requests} requests, ${overflowed} of ${windows} windows overflowed, load average ${loadavg()[0]!.toFixed(1)}; ${timesOf(measured)}`;
  return [
    { name: `${name}: worst latency`, value: worstSeconds!, unit: "s", met: null, note },
    { name: "  p99 latency", value: p99Seconds!, unit: "s", met: null },
    { name: `  minibatches of ${beside.workload}`, value: background!.minibatchesPerSecond, unit: "per_s", met: null },
  ];
}

function timesOf({ lateness }: TurnsMeasurement): string {
  return lateness
    .map(({ job, medianSeconds, longestSeconds, expectedSeconds }) => {
      return `${job} ${ms(medianSeconds!)} to ${ms(longestSeconds!)}, expected ${ms(expectedSeconds)}`;
    })
    .join("; ");
}

function ms(seconds: Seconds): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}
