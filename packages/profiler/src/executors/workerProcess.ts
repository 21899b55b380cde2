import type { Bytes, Seconds } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import {
  multiprocessorsVariable,
  paceVariable,
  protocolVersion,
  type ReadyMessage,
  type WorkerMessage,
} from "../workers/protocol.ts";
import { type Answer, WorkerConnection } from "./workerConnection.ts";

/** How a worker is started, without a shell. */
export interface WorkerLaunch {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Variables added to this process's environment; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Working directory; this process's own when absent. */
  readonly directory?: string;
  /** What it is to run on: a worker that says it runs on something else is refused, for its numbers would be those of another device. */
  readonly device?: "cuda";
  /**
   * Called when the process exists and has not yet become the program, so that how it is ended can be written down before it does anything. When this
   * process dies meanwhile, it ends too.
   */
  readonly onSpawn?: (pid: number) => Promise<void>;
}

/** How long a worker may take. */
export interface WorkerPatience {
  /** Until it is ready: large networks take seconds to load, longer on a small share. */
  readonly readySeconds: Seconds;
  /** From being asked to stop until it is killed. */
  readonly stopSeconds: Seconds;
}

/** One batch that was run. */
export interface BatchRun {
  /** When the host asked for it, and when it had the answer; on {@link monotonicSeconds}. */
  readonly start: Seconds;
  readonly end: Seconds;
  /** What the worker measured: time from start to completion, and processor time, null where it cannot tell. */
  readonly service: Seconds;
  readonly cpu: Seconds | null;
  /** Time on the device by its own events; absent where the worker does not tell. */
  readonly device?: Seconds;
}

/** What a worker says that it has used since it began. */
export interface WorkerStats {
  readonly cpuSeconds: Seconds | null;
  readonly memoryPeakBytes: Bytes | null;
  /** Of the device's memory, where the worker tells. */
  readonly deviceMemoryPeakBytes?: Bytes;
}

/** A running worker. It is asked for one thing at a time; after a failure it can only be closed. */
export interface WorkerProcess {
  /** Its process, and the process group that it leads. */
  readonly pid: number;
  readonly ready: ReadyMessage;
  /**
   * Runs one batch.
   *
   * @param timeout  longest time to wait; a worker that needs longer has failed
   * @throws WorkerFailure
   */
  run(batch: number, timeout: Seconds): Promise<BatchRun>;
  /** @throws WorkerFailure */
  stats(timeout: Seconds): Promise<WorkerStats>;
  /** Ends the worker and everything that it started: asks first, then kills. May be called twice. */
  close(): Promise<void>;
}

export const defaultPatience: WorkerPatience = { readySeconds: 120, stopSeconds: 2 };

/**
 * Starts a worker in a process group of its own, so that Ctrl-C in the terminal reaches this process alone, and waits until it
 * is ready.
 *
 * @throws WorkerFailure when it cannot be started, fails or ends before it is ready, or speaks another version of the protocol
 */
export async function startWorker(
  launch: WorkerLaunch,
  patience: WorkerPatience = defaultPatience,
): Promise<WorkerProcess> {
  const connection = new WorkerConnection(launch.onSpawn === undefined ? launch : held(launch));
  try {
    if (launch.onSpawn !== undefined && connection.pid !== undefined) await launch.onSpawn(connection.pid);
    if (launch.onSpawn !== undefined) connection.letGo();
    const { message } = await connection.answer(patience.readySeconds, "getting ready");
    checkReady(message, launch.environment ?? {});
    checkDevice(message, launch.device);
    return new RunningWorker(connection, message, patience.stopSeconds);
  } catch (error) {
    await connection.close(patience.stopSeconds);
    throw error;
  }
}

/** Waits for a line before it becomes the program; `read` takes no byte more than that line. At the end of its input it ends. */
function held(launch: WorkerLaunch): WorkerLaunch {
  return { ...launch, argv: ["sh", "-c", 'read -r _ && exec "$@"', "partitune-held", ...launch.argv] };
}

function checkReady(
  message: WorkerMessage,
  environment: Readonly<Record<string, string | undefined>>,
): asserts message is ReadyMessage {
  const { [paceVariable]: pace, [multiprocessorsVariable]: multiprocessors } = environment;
  if (message.type === "error") throw new WorkerFailure(message.code, message.message);
  if (message.type !== "ready") throw new WorkerFailure("garbage", `worker said "${message.type}" before "ready"`);
  if (message.protocol !== protocolVersion) {
    throw new WorkerFailure(
      "garbage",
      `worker speaks version ${message.protocol} of the line protocol; this is version ${protocolVersion}`,
    );
  }
  if (multiprocessors !== undefined && (message.multiprocessors ?? 0) < Number(multiprocessors)) {
    throw new WorkerFailure(
      "failed",
      `worker was asked to keep to ${multiprocessors} multiprocessors (${multiprocessorsVariable}) and says nothing of it; give it the "Green contexts" of the line protocol`,
    );
  }
  if (pace !== undefined && message.pace !== Number(pace)) {
    throw new WorkerFailure(
      "failed",
      `worker was asked to keep to ${pace} cores (${paceVariable}) and says nothing of it; give it the "Pacing" of the line protocol`,
    );
  }
}

function checkDevice({ device, engine }: ReadyMessage, asked: "cuda" | undefined): void {
  if (asked === undefined || device === undefined || device === asked) return;
  throw new WorkerFailure(
    "failed",
    `worker does not run on the card: it says "${engine}"; install an engine for cards`,
  );
}

class RunningWorker implements WorkerProcess {
  readonly ready: ReadyMessage;
  readonly #connection: WorkerConnection;
  readonly #stopSeconds: Seconds;
  #lastId = 0;

  constructor(connection: WorkerConnection, ready: ReadyMessage, stopSeconds: Seconds) {
    this.ready = ready;
    this.#connection = connection;
    this.#stopSeconds = stopSeconds;
  }

  get pid(): number {
    return this.#connection.pid!;
  }

  async run(batch: number, timeout: Seconds): Promise<BatchRun> {
    this.#lastId += 1;
    const id = this.#lastId;
    const start = monotonicSeconds();
    this.#connection.say({ type: "run", id, batch });
    const { message, time } = await this.#answer(timeout, `running a batch of ${batch}`);
    if (message.type !== "done" || message.id !== id) throw this.#outOfTurn(message);
    const { service_s: service, cpu_s: cpu, device_s: device } = message;
    return { start, end: time, service, cpu, ...(device === undefined ? {} : { device }) };
  }

  async stats(timeout: Seconds): Promise<WorkerStats> {
    this.#connection.say({ type: "stats" });
    const { message } = await this.#answer(timeout, "reading its statistics");
    if (message.type !== "stats") throw this.#outOfTurn(message);
    const { cpu_s, memory_peak_bytes, device_memory_peak_bytes } = message;
    return {
      cpuSeconds: cpu_s,
      memoryPeakBytes: memory_peak_bytes,
      ...(device_memory_peak_bytes === undefined ? {} : { deviceMemoryPeakBytes: device_memory_peak_bytes }),
    };
  }

  close(): Promise<void> {
    return this.#connection.close(this.#stopSeconds);
  }

  async #answer(timeout: Seconds, doing: string): Promise<Answer> {
    const answer = await this.#connection.answer(timeout, doing);
    if (answer.message.type === "error") throw new WorkerFailure(answer.message.code, answer.message.message);
    return answer;
  }

  #outOfTurn(message: WorkerMessage): WorkerFailure {
    return this.#connection.fail("garbage", `worker answered out of turn: ${JSON.stringify(message)}`);
  }
}
