import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "@partitune/numerics";
import {
  buildSpace,
  cpuExecutor,
  openJournal,
  profile,
  protocols,
  type Session,
  syntheticDevice,
  syntheticExecutor,
} from "@partitune/profiler";
import type { Config, Workload } from "@partitune/schema";
import { calibrate } from "../../packages/profiler/src/calibrate.ts";
import { monotonicSeconds } from "../../packages/profiler/src/meters/index.ts";
import { type OnnxModel, openOnnxModel } from "../../packages/profiler/src/workers/openOnnxModel.ts";
import type { BenchRow } from "./benchRow.ts";

const model = "zoo:resnet18@112";
const pairs = 220;
const warmup = 20;
/** The target holds for batches of at least this length. */
const leastBatchSeconds = 0.01;
const overheadTarget = 0.01;
/** Beyond this the two did not do the same work. */
const sameWork = 0.2;

/** What measuring costs: against a bare loop, and for itself. */
export async function bench(): Promise<BenchRow[]> {
  return [...(await benchOverhead()), await benchPath(), await benchCampaign()];
}

/** A batch by the harness and a bare one, in turns, on the same network, threads and data. */
async function benchOverhead(): Promise<BenchRow[]> {
  const threads = availableParallelism();
  const bare = await openOnnxModel({ model, threads, shapes: {}, seed: "1" });
  const batch = await batchOfLength(bare);
  const workload: Workload = {
    name: "resnet18",
    task: "inference",
    engine: { engine: "onnx", model },
    batches: [batch],
  };
  const config: Config = { workload: "resnet18", powerMode: "default", partition: { kind: "whole" }, batch };
  const session = await cpuExecutor().open(workload, config);
  const turns = await takeTurns(session, bare, batch).finally(() => session.close());
  const overhead = median(turns.map(({ service, bare }) => service / bare)) - 1;
  if (Math.abs(overhead) > sameWork) throw new Error("worker and bare loop did not do the same work");
  const bareSeconds = median(turns.map((turn) => turn.bare));
  const pause = median(turns.map(({ around }) => around));
  return [
    {
      name: `harness overhead: reported latency against a bare session.run loop, ${model} batch ${batch}, ${pairs} pairs`,
      target: "≤ 1 %",
      value: 100 * overhead,
      unit: "%",
      met: overhead <= overheadTarget,
      note: `bare ${(1e3 * bareSeconds).toFixed(2)} ms; median of paired ratios`,
    },
    {
      name: "time around such a batch, asked to answered without it",
      value: 1e6 * pause,
      unit: "µs",
      met: null,
      note: `${((100 * pause) / bareSeconds).toFixed(1)} % of the batch: waking of idle cores; in throughput as in deployment, not in latency`,
    },
  ];
}

async function batchOfLength(bare: OnnxModel): Promise<number> {
  for (let batch = 1; ; batch *= 2) {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push(await timeBare(bare, batch));
    if (Math.min(...times) >= leastBatchSeconds) return batch;
  }
}

interface Turn {
  readonly service: number;
  readonly around: number;
  readonly bare: number;
}

/** A B B A B B A …, so that neither always follows the other. */
async function takeTurns(session: Session, bare: OnnxModel, batch: number): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  for (let i = -warmup; i < pairs; i++) {
    const before = i % 2 === 0 ? await timeBare(bare, batch) : undefined;
    const { start, end, service } = await session.run(batch);
    const turn = { service, around: end - start - service, bare: before ?? (await timeBare(bare, batch)) };
    if (i >= 0) turns.push(turn);
  }
  return turns;
}

async function timeBare(bare: OnnxModel, batch: number): Promise<number> {
  const start = monotonicSeconds();
  await bare.infer(batch);
  return monotonicSeconds() - start;
}

async function benchPath(): Promise<BenchRow> {
  const { overheadSeconds } = await calibrate(cpuExecutor(), 0.99);
  const { value, low, high } = overheadSeconds;
  const note = `99 % interval ${low === null ? "?" : (1e6 * low).toFixed(0)} to ${high === null ? "?" : (1e6 * high).toFixed(0)} µs`;
  return {
    name: "batch of a worker that does nothing, asked to answered",
    value: 1e6 * value,
    unit: "µs",
    met: null,
    note,
  };
}

/** Everything of a campaign but the device: order, statistics, journal with flush, profile. */
async function benchCampaign(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-bench-"));
  const engine = {
    engine: "synthetic",
    fixedSeconds: 0.001,
    perItemSeconds: 0.001,
    serialFraction: 0.1,
    noise: 0.05,
    memoryBytes: 1e6,
  } as const;
  const workload: Workload = { name: "a", task: "inference", engine, batches: [1, 2, 4, 8] };
  const partitions = [0.25, 0.5, 0.75, 1].map((share) => ({ kind: "cpu-share" as const, share }));
  const sink = await openJournal(folder);
  try {
    const start = monotonicSeconds();
    const space = buildSpace(syntheticDevice, { workloads: [workload], partitions });
    const { made } = await profile(syntheticExecutor(), space, protocols.quick, sink);
    const value = (1e3 * (monotonicSeconds() - start)) / made;
    return {
      name: "campaign on a synthetic device, per measurement",
      value,
      unit: "ms",
      met: null,
      note: `${made} measurements`,
    };
  } finally {
    await sink.close();
    rmSync(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
