import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinCommand } from "@partitune/emitter";
import type { Partition } from "@partitune/schema";
import { startWorker, type WorkerProcess } from "../../packages/profiler/src/executors/workerProcess.ts";
import { chooseGovernor, localGovernors, thisMachine } from "../../packages/profiler/src/governors/index.ts";
import { monotonicSeconds } from "../../packages/profiler/src/meters/index.ts";
import { buildZooModel } from "../../packages/profiler/src/zoo/index.ts";
import type { BenchRow } from "./benchRow.ts";

const program = fileURLToPath(new URL("../../packages/profiler/src/workers/onnxWorker.ts", import.meta.url));

/** Worker processes: what a request costs beside its work, how long networks take to build and load, how well a share is kept. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "partitune-bench-"));
  try {
    const built = await secondsOf(() => buildZooModel("zoo:vgg16", folder));
    const loaded = await secondsOf(async () => (await start("zoo:vgg16", folder)).close());
    return [
      { name: "build VGG-16, 138 million weights", target: "≤ 3 s", value: built, unit: "s", met: built <= 3 },
      { name: "start a worker on VGG-16 and stop it", value: loaded, unit: "s", met: null },
      ...(await requestCost(folder)),
      ...(await keptShares(folder)),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Requests, and bare lines to another process and back, in blocks that take turns: what is beyond the line is the protocol's own. Either takes several times as long
 * when the two processes are on different cores, of which one has to wake up.
 */
async function requestCost(folder: string): Promise<BenchRow[]> {
  const worker = await start("zoo:tiny@4", folder);
  const echo = spawn("cat");
  const [requests, lines]: [number[], number[]] = [[], []];
  for (let block = 0; block < 12; block++) {
    for (let i = 0; i < 300; i++) {
      const { start: asked, end, service } = await worker.run(1, 10);
      if (!(service > 0 && service < end - asked)) throw new Error("a batch took longer than its request");
      if (i >= 50) requests.push((end - asked - service) * 1e6);
    }
    for (let i = 0; i < 300; i++) {
      const line = await echoSeconds(echo);
      if (i >= 50) lines.push(line * 1e6);
    }
  }
  await worker.close();
  echo.stdin.end();
  const [request, line] = [median(requests), median(lines)];
  const tenth = requests.toSorted((a, b) => a - b)[Math.floor(requests.length / 10)]!;
  const own = request - line;
  return [
    {
      ...{ name: "request to a worker beside its work", target: "≤ 50 µs", value: request, unit: "µs" },
      met: request <= 50,
      note: `the fastest tenth ${Math.round(tenth)} µs; a bare line to another process and back ${Math.round(line)} µs`,
    },
    { name: "of it beyond a bare line to another process", value: own, unit: "µs", met: null },
  ];
}

/** Time of a line that another process sends back as it is. */
async function echoSeconds(echo: ChildProcessWithoutNullStreams): Promise<number> {
  const asked = monotonicSeconds();
  const answered = new Promise((resolve) => echo.stdout.once("data", resolve));
  echo.stdin.write('{"type":"run","id":1,"batch":1}\n');
  await answered;
  return monotonicSeconds() - asked;
}

/** How far processor time over service time is from the share, on the mechanism that this machine offers. */
async function keptShares(folder: string): Promise<BenchRow[]> {
  const machine = thisMachine();
  const rows: BenchRow[] = [];
  for (const share of [0.25, 0.75]) {
    const partition: Partition = { kind: "cpu-share", share };
    const { governor } = await chooseGovernor(partition, localGovernors(machine));
    const prepared = await governor.prepare(partition);
    const worker = await start("zoo:resnet18@112", folder, prepared);
    let [used, served] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const { cpu, service } = await worker.run(2, 60);
      used += i < 10 ? 0 : (cpu ?? Number.NaN);
      served += i < 10 ? 0 : service;
    }
    await worker.close();
    await prepared.release();
    const value = (used / served / machine.cores / share - 1) * 100;
    rows.push({
      name: `processor time beyond a share of ${share}`,
      value,
      unit: "%",
      met: null,
      note: `${prepared.mechanism}; other programs on the machine count against it`,
    });
  }
  return rows;
}

function start(
  model: string,
  folder: string,
  { join: way, threads, pace }: { join: Parameters<typeof joinCommand>[0]; threads: number; pace?: number } = {
    join: { kind: "none" },
    threads: 1,
  },
): Promise<WorkerProcess> {
  const argv = [process.execPath, program, `--model=${model}`, `--threads=${threads}`, `--zoo=${folder}`];
  return startWorker({
    argv: joinCommand(way, argv),
    ...(pace === undefined ? {} : { environment: { PARTITUNE_PACE: String(pace) } }),
  });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = monotonicSeconds();
  await work();
  return monotonicSeconds() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
