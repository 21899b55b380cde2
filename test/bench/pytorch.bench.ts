import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { engineCommand } from "@partitune/emitter";
import { startWorker, type WorkerProcess } from "../../packages/profiler/src/executors/workerProcess.ts";
import { findPython } from "../profiler/workers/pytorch/findPython.ts";
import type { BenchRow } from "./benchRow.ts";

const home = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const reference = fileURLToPath(new URL("pytorch/reference.py", import.meta.url));

const cases = [
  { network: "resnet18", size: 224, batch: 1, threads: 1 },
  { network: "resnet18", size: 224, batch: 4, threads: 2 },
  { network: "mobilenet_v3_large", size: 224, batch: 1, threads: 1 },
] as const;
type Case = (typeof cases)[number];

/** Each in processes of its own: the same network takes up to a third longer in one process than in another, by how its memory happens to lie. */
const processes = 7;
const blocks = 4;
/** Runs that begin a block are not timed: `Timer.blocked_autorange` does so, too, while it estimates how long one takes. */
const warmUpOfBlock = 2;
const secondsOfBlock = 0.3;
/** A block may differ from its neighbour by whatever else the machine did meanwhile; the median of many does not. */
const tolerance = 0.02;

/** Latencies of the PyTorch worker beside those of torch.utils.benchmark, in turns; and what a request costs beside its work. */
export async function bench(): Promise<BenchRow[]> {
  const python = findPython("torch", "torchvision");
  if (python === undefined) {
    process.stderr.write("skipped: no interpreter has torch and torchvision\n");
    return [];
  }
  const rows: BenchRow[] = [];
  for (const each of cases) rows.push(await compare(python, each));
  return rows;
}

async function compare(python: string, each: Case): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < processes; i++) {
    const [worker, timer] = await inTurns(python, each);
    ours.push(worker);
    theirs.push(timer);
  }
  return toRow(each, ours, theirs);
}

/** Median seconds of a run in a worker and in a process of the reference, which take turns. */
async function inTurns(python: string, { network, size, batch, threads }: Case): Promise<readonly [number, number]> {
  const engine = {
    engine: "pytorch",
    model: `torchvision:${network}`,
    shapes: { input: [3, size, size] },
    python,
  } as const;
  const launch = engineCommand({ name: network, task: "inference", engine, batches: [batch] }, { threads, home });
  const worker = await startWorker({ ...launch, environment: { ...launch.environment, ...environment } });
  const timer = await startReference(python, [network, String(size), String(threads)]);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i <= blocks; i++) {
      // Whoever begins has the colder caches: they take turns in that, too.
      const first = i % 2 === 0 ? await medianService(worker, batch) : await timer.median(batch);
      const second = i % 2 === 0 ? await timer.median(batch) : await medianService(worker, batch);
      if (i === 0) continue;
      ours.push(i % 2 === 0 ? first : second);
      theirs.push(i % 2 === 0 ? second : first);
    }
    return [quantile(ours, 0.5), quantile(theirs, 0.5)];
  } finally {
    timer.end();
    await worker.close();
  }
}

function toRow({ network, size, batch, threads }: Case, ours: readonly number[], theirs: readonly number[]): BenchRow {
  const value = (quantile(ours, 0.5) / quantile(theirs, 0.5) - 1) * 100;
  const range = (all: readonly number[]) =>
    `${(Math.min(...all) * 1e3).toFixed(1)} to ${(Math.max(...all) * 1e3).toFixed(1)} ms`;
  return {
    name: `${network}@${size}, batch ${batch}, ${threads} thread${threads === 1 ? "" : "s"}: worker over torch.utils.benchmark`,
    target: "within ±2 %",
    value,
    unit: "%",
    met: Math.abs(value) <= tolerance * 100,
    note: `medians of ${processes} processes each; worker ${range(ours)}, reference ${range(theirs)}`,
  };
}

/** Both wait in the same way for their threads. */
const environment = { OMP_WAIT_POLICY: "PASSIVE" };

async function medianService(worker: WorkerProcess, batch: number): Promise<number> {
  for (let i = 0; i < warmUpOfBlock; i++) await worker.run(batch, 60);
  const services: number[] = [];
  for (let spent = 0; spent < secondsOfBlock; spent += services.at(-1)!)
    services.push((await worker.run(batch, 60)).service);
  return quantile(services, 0.5);
}

async function startReference(python: string, args: readonly string[]) {
  const child = spawn(python, [reference, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...environment, OMP_NUM_THREADS: args.at(-1)! },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  if ((await next()) !== "ready") throw new Error("the reference did not start");
  return {
    median: async (batch: number) => {
      child.stdin.write(`${batch} ${secondsOfBlock}\n`);
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

function quantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)]!;
}
