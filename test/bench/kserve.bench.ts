import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { answerCheck } from "../../packages/profiler/src/kserve/answerCheck.ts";
import { Connection } from "../../packages/profiler/src/kserve/connection.ts";
import { inferRequest } from "../../packages/profiler/src/kserve/inferRequest.ts";
import { sendBatch } from "../../packages/profiler/src/kserve/sendBatch.ts";
import { planServedInputs } from "../../packages/profiler/src/kserve/servedModel.ts";
import { serverAddress } from "../../packages/profiler/src/kserve/serverAddress.ts";
import { monotonicSeconds } from "../../packages/profiler/src/meters/index.ts";
import type { BenchRow } from "./benchRow.ts";

const inFlight = 16;
const requests = 40_000;
const warmup = 10_000;
const runs = 5;

/** The client of servers: requests over loopback, the server a process of its own that does nearly nothing. Every answer is checked as in a measurement. */
export async function bench(): Promise<BenchRow[]> {
  const { server, port } = await startFastServer();
  try {
    const url = `http://127.0.0.1:${port}`;
    await exchange(url, warmup);
    const taken: Awaited<ReturnType<typeof exchange>>[] = [];
    for (let i = 0; i < runs; i++) taken.push(await exchange(url, requests));
    await checkCount(server, warmup + runs * requests);
    const perCore = median(taken.map(({ cpu }) => requests / cpu));
    const perSecond = median(taken.map(({ wall }) => requests / wall));
    const what = `${requests} batches of 16 bytes, ${inFlight} in flight`;
    return [
      {
        name: `requests per second of processor time, ${what}`,
        target: "≥ 10,000/s",
        value: perCore,
        unit: "/s",
        met: perCore >= 10_000,
        note: `one thread; ${Math.round((taken.reduce((sum, { cpu, wall }) => sum + cpu / wall, 0) / runs) * 100)} % of a core was used`,
      },
      {
        name: `requests per second by the clock, ${what}`,
        target: "≥ 10,000/s",
        value: perSecond,
        unit: "/s",
        met: perSecond >= 10_000,
        note: "the server takes its share of the processor",
      },
    ];
  } finally {
    server.stdin.end();
  }
}

/** The server's own count against ours. */
async function checkCount(server: ChildProcessWithoutNullStreams, expected: number): Promise<void> {
  server.stdin.end();
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  if (Number(line.toString()) !== expected)
    throw new Error(`the server answered ${line.toString().trim()} requests, not ${expected}`);
}

async function startFastServer(): Promise<{ readonly server: ChildProcessWithoutNullStreams; readonly port: number }> {
  const program = fileURLToPath(new URL("../profiler/fixtures/kserve/fastServer.ts", import.meta.url));
  const server = spawn(process.execPath, [program]);
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  return { server, port: Number(line.toString()) };
}

/** Sends so many, the next when one ends; an answer that is none ends the benchmark. */
async function exchange(url: string, count: number): Promise<{ readonly cpu: number; readonly wall: number }> {
  const tensor = (name: string) => ({ name, datatype: "FP32", shape: [-1, 4] });
  const engine = { engine: "kserve", url, model: "fast" } as const;
  const model = { name: "fast", platform: "", versions: ["1"], inputs: [tensor("x")], outputs: [tensor("y")] };
  const connection = new Connection({ address: serverAddress(url), connections: inFlight });
  const request = inferRequest(
    { engine, model, plan: planServedInputs(model, engine, true), isBinary: true, seed: "bench" },
    1,
  );
  const batch = {
    connection,
    request,
    reader: answerCheck(model, 1),
    patience: { timeoutSeconds: 10, silenceSeconds: 10 },
  };
  const used = process.cpuUsage();
  const began = monotonicSeconds();
  await new Promise<void>((resolve, reject) => {
    let [sent, ended] = [0, 0];
    const next = () => {
      if (sent === count) return;
      sent += 1;
      sendBatch(batch, {}, (_run, { failure }) => {
        ended += 1;
        if (failure !== undefined) reject(new Error(failure.message));
        else if (ended === count) resolve();
        else next();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
  });
  const { user, system } = process.cpuUsage(used);
  const wall = monotonicSeconds() - began;
  await connection.close();
  return { cpu: (user + system) / 1e6, wall };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
