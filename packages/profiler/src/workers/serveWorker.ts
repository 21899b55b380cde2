import type { Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { describeError } from "./describeError.ts";
import { type HostMessage, paceVariable, protocolVersion, type WorkerInput, type WorkerMessage } from "./protocol.ts";
import { readLines } from "./readLines.ts";
import { WorkerError } from "./workerError.ts";

/** What a worker written in TypeScript has to bring. */
export interface ServedEngine {
  /** Name and version, for the record. */
  readonly name: string;
  readonly inputs: readonly WorkerInput[];
  /** What it really runs on, where that is not what was asked for as a matter of course. */
  readonly device?: "cpu" | "cuda";
  /** The user's own files that the network was made from. */
  readonly files?: readonly string[];
  /**
   * Makes the data of a batch; not timed.
   *
   * @throws WorkerError when there is no such batch
   */
  prepare(batch: number): void | Promise<void>;
  /** Runs a prepared batch. */
  run(batch: number): Promise<void>;
}

/**
 * Speaks the worker protocol on standard input and output until told to stop or until the input ends, then exits.
 *
 * @param pace  cores to keep to by pausing after each batch; undefined for no limit
 */
export function serveWorker(engine: ServedEngine, pace: number | undefined = paceAskedFor()): void {
  const handle = async (line: string): Promise<void> => {
    if (line.trim() === "") return;
    const message = JSON.parse(line) as HostMessage;
    if (message.type === "run") say(await runBatch(engine, message.id, message.batch, pace));
    else if (message.type === "stats") say(readStats());
    else process.exit(0);
  };
  const { name, inputs, device, files } = engine;
  say({
    type: "ready",
    protocol: protocolVersion,
    engine: name,
    pid: process.pid,
    inputs,
    ...(device === undefined ? {} : { device }),
    ...(files === undefined ? {} : { files }),
    ...(pace === undefined ? {} : { pace }),
  });
  void readLines(handle).then(() => process.exit(0));
}

/** Writes one message to standard output, at once. */
export function say(message: WorkerMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function runBatch(
  engine: ServedEngine,
  id: number,
  batch: number,
  pace: number | undefined,
): Promise<WorkerMessage> {
  try {
    await engine.prepare(batch);
    const used = process.cpuUsage();
    const start = monotonicSeconds();
    await engine.run(batch);
    const { user, system } = process.cpuUsage(used);
    const cpu = (user + system) / 1e6;
    if (pace !== undefined) pauseUntil(start + cpu / pace);
    const end = monotonicSeconds();
    return { type: "done", id, service_s: end - start, cpu_s: cpu, end_s: end };
  } catch (error) {
    return { type: "error", id, ...describeError(error) };
  }
}

function readStats(): WorkerMessage {
  const { user, system } = process.cpuUsage();
  return {
    type: "stats",
    cpu_s: (user + system) / 1e6,
    memory_peak_bytes: process.resourceUsage().maxRSS * 1024,
  };
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps without using the processor; timers would round to milliseconds. */
function pauseUntil(time: Seconds): void {
  const left = time - monotonicSeconds();
  if (left > 0) Atomics.wait(never, 0, 0, left * 1e3);
}

function paceAskedFor(): number | undefined {
  const text = process.env[paceVariable];
  if (text === undefined) return undefined;
  const pace = Number(text);
  if (pace > 0 && Number.isFinite(pace)) return pace;
  throw new WorkerError("failed", `environment variable ${paceVariable} is "${text}"; give a number of cores above 0`);
}
