import { fileURLToPath } from "node:url";
import { startWorker, type WorkerProcess } from "../../packages/profiler/src/executors/workerProcess.ts";
import { nativeTensorflow } from "../profiler/fixtures/tensorflow/nativeTensorflow.ts";
import type { BenchRow } from "./benchRow.ts";

const program = fileURLToPath(new URL("../../packages/profiler/src/workers/tensorflowWorker.ts", import.meta.url));

const cases = [
  { model: "zoo:mobilenet@96", task: "inference", batch: 1 },
  { model: "zoo:mobilenet@96", task: "inference", batch: 8 },
  { model: "zoo:resnet18@96", task: "inference", batch: 1 },
  { model: "zoo:mobilenet@96", task: "training", batch: 4 },
  { model: "zoo:resnet18@64", task: "training", batch: 4 },
] as const;
type Case = (typeof cases)[number];

const warmUps = 3;
const pairs = 15;

/** The TensorFlow worker on WebAssembly over the same worker on native TensorFlow, in turns, one thread each. */
export async function bench(): Promise<BenchRow[]> {
  const native = await nativeTensorflow();
  if ("missing" in native) {
    process.stderr.write(`skipped: no native TensorFlow (${native.missing})\n`);
    return [];
  }
  const rows: BenchRow[] = [];
  for (const each of cases) rows.push(await compare(each, native.nodePath));
  return rows;
}

async function compare(each: Case, nodePath: string): Promise<BenchRow> {
  const [wasm, node] = [await start(each, ""), await start(each, nodePath)];
  try {
    for (let i = 0; i < warmUps; i++) for (const worker of [wasm, node]) await worker.run(each.batch, 120);
    const times: (readonly [number, number])[] = [];
    for (let i = 0; i < pairs; i++) {
      times.push([(await wasm.run(each.batch, 120)).service, (await node.run(each.batch, 120)).service]);
    }
    const [slow, fast] = [median(times.map(([w]) => w)), median(times.map(([, n]) => n))];
    return {
      name: `${each.model}, ${each.task}, batch ${each.batch}: WebAssembly over native TensorFlow`,
      value: median(times.map(([w, n]) => w / n)),
      unit: "×",
      met: null,
      note: `medians ${(slow * 1e3).toFixed(1)} and ${(fast * 1e3).toFixed(1)} ms, ${pairs} pairs`,
    };
  } finally {
    await Promise.all([wasm.close(), node.close()]);
  }
}

function start({ model, task }: Case, nodePath: string): Promise<WorkerProcess> {
  const argv = [process.execPath, program, `--model=${model}`, `--task=${task}`, "--threads=1"];
  return startWorker({ argv, environment: { NODE_PATH: nodePath } });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
