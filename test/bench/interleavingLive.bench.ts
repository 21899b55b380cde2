import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { quantile } from "@partitune/numerics";
import { cpuExecutor, measureTurns, type TurnsMeasurement } from "@partitune/profiler";
import type { Device, ModePlan, ModeStream, Seconds, Workload } from "@partitune/schema";
import { verifyModePlan } from "@partitune/simulator";
import { type BackloggedChoice, backlogged, type InferenceRow } from "@partitune/solver";
import { readMinibatchLog } from "../../packages/profiler/src/interleave/minibatchLog.ts";
import type { BenchRow } from "./benchRow.ts";

const home = resolve(import.meta.dirname, "../..");
const batches = [1, 2, 4, 8];
const profileSeconds = 4;
/** Minibatches are planned with this quantile of their measured time, so that few take longer than the rules expect. */
const quantilePlannedWith = 0.99;
/** Part of the promised latency that is left free for timers, sockets and whatever else the machine does. */
const margin = 0.1;
/** Part of the time that the urgent inference takes, in its smallest minibatches. */
const load = 0.3;
const durationSeconds = 40;
/** No power is measured here, and none promised; the schema asks for a number. */
const nominalWatts = 1;

const urgent: Workload = {
  name: "mobilenet",
  task: "inference",
  engine: { engine: "onnx", model: "zoo:mobilenet-v2@112" },
  batches,
};
const backlog: Workload = {
  name: "resnet18",
  task: "inference",
  engine: { engine: "onnx", model: "zoo:resnet18@112" },
  batches,
};

/**
 * Urgent MobileNetV2 and a backlog of ResNet-18 on this machine's processor: measured alone, solved, carried out under load, managed and
 * unmanaged. The promise is the worst latency of the urgent inference.
 */
export async function bench(): Promise<BenchRow[]> {
  const { device } = await cpuExecutor().describe();
  const times = { urgent: await profileAlone(urgent, device), backlog: await profileAlone(backlog, device) };
  const ratePerSecond = Math.round((load / times.urgent.get(1)!) * 10) / 10;
  const latencySeconds = promisedLatency(times.backlog.get(1)!, ratePerSecond);
  const answer = backlogged({
    inference: rowsOf(times.urgent),
    backlog: rowsOf(times.backlog),
    ratePerSecond,
    latencySeconds: latencySeconds * (1 - margin),
    policy: "slack",
    dispatcher: "windowed",
    highestLoad: 0.95,
    budget: { kind: "peak", watts: nominalWatts },
  });
  if (answer.status !== "optimal" || answer.choice.backlogRate === 0)
    throw new Error(`this machine cannot serve both: ${JSON.stringify(answer.reasons)}`);
  const plan = planOf(answer.choice, device, ratePerSecond, latencySeconds, times);
  return rowsFor(plan, await measure(plan, true), await measure(plan, false));
}

/** Batch → a high quantile of its time on the whole processor, alone, by the same server that carries the plan out. */
async function profileAlone(workload: Workload, device: Device): Promise<ReadonlyMap<number, Seconds>> {
  const times = new Map<number, Seconds>();
  for (const batch of batches) {
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

function rowsOf(times: ReadonlyMap<number, Seconds>): readonly InferenceRow[] {
  return Array.from(times, ([batch, seconds]) => ({ mode: "default", batch, seconds, watts: nominalWatts }));
}

/** Room for a window of four requests and a minibatch of the backlog beside it. */
function promisedLatency(backlogSeconds: Seconds, ratePerSecond: number): Seconds {
  return Math.round((4 / ratePerSecond + 3 * backlogSeconds) * 100) / 100;
}

function planOf(
  choice: BackloggedChoice,
  device: Device,
  ratePerSecond: number,
  latencySeconds: Seconds,
  times: { readonly urgent: ReadonlyMap<number, Seconds>; readonly backlog: ReadonlyMap<number, Seconds> },
): ModePlan {
  const batch = choice.batch!;
  return {
    ...emptyPlan(device),
    inferences: [
      {
        workload: urgent.name,
        ratePerSecond,
        batch,
        dispatcher: "windowed",
        windowSeconds: choice.windowSeconds!,
        expected: { seconds: times.urgent.get(batch)!, watts: nominalWatts },
      },
    ],
    background: {
      workload: backlog.name,
      batch: choice.backlogBatch,
      policy: "slack",
      toleratedSeconds: choice.toleratedSeconds,
      highestPerWindow: null,
      expected: { seconds: times.backlog.get(choice.backlogBatch)!, watts: nominalWatts },
    },
    promises: [
      {
        id: "urgent",
        subject: urgent.name,
        metric: "worst_response_s",
        relation: "at-most",
        target: latencySeconds,
        predicted: { value: choice.latencySeconds!, low: null, high: null },
      },
      {
        id: "backlog",
        subject: backlog.name,
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
    workloads: [urgent, backlog],
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

function rowsFor(plan: ModePlan, managed: TurnsMeasurement, unmanaged: TurnsMeasurement): BenchRow[] {
  const [{ batch, ratePerSecond, windowSeconds }] = plan.inferences as [ModePlan["inferences"][0]];
  const { target, predicted } = plan.promises[0]!;
  const { checks } = verifyModePlan(plan, { measured: managed.trace, seeds: 2 });
  const verdicts = checks.map(({ promise, verdicts }) => `${promise.id} ${verdicts.measured}`).join(", ");
  const what = `${urgent.name} ${ratePerSecond}/s in ${batch}s every ${ms(windowSeconds)}, ${backlog.name} in ${plan.background!.batch}s between`;
  const [one, other] = [managed, unmanaged].map(({ trace }) => trace.periods[0]!.inferences[0]!) as [
    ModeStream,
    ModeStream,
  ];
  const backlogRate = ({ trace }: TurnsMeasurement) => trace.periods[0]!.background!.minibatchesPerSecond;
  const note = `${one.requests} requests in ${durationSeconds} s, ${one.overflowed} of ${one.windows} windows overflowed; ${verdicts}; ${describe(managed)}`;
  const worst = one.worstSeconds!;
  return [
    {
      name: `${what}: worst latency, managed`,
      value: worst,
      unit: "s",
      target: `≤ ${target} s promised, ${ms(predicted!.value)} expected`,
      met: worst <= target && one.waiting === 0,
      note,
    },
    { name: "the same unmanaged", value: other.worstSeconds!, unit: "s", met: null, note: describe(unmanaged) },
    { name: "p99 latency, managed", value: one.p99Seconds!, unit: "s", met: null },
    { name: "p99 latency, unmanaged", value: other.p99Seconds!, unit: "s", met: null },
    {
      name: "minibatches of the backlog, managed",
      value: backlogRate(managed),
      unit: "per_s",
      target: `≥ ${plan.promises[1]!.target.toPrecision(3)}/s promised`,
      met: checks[1]!.verdicts.measured === "kept",
    },
    { name: "minibatches of the backlog, unmanaged", value: backlogRate(unmanaged), unit: "per_s", met: null },
  ];
}

function describe({ lateness }: TurnsMeasurement): string {
  return lateness
    .map(({ job, medianSeconds, longestSeconds, expectedSeconds }) => {
      const seen = `${ms(medianSeconds!)} to ${ms(longestSeconds!)}`;
      return `minibatch of ${job} ${seen}, expected ${ms(expectedSeconds)}`;
    })
    .join("; ");
}

function ms(seconds: Seconds): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}
