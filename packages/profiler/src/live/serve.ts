import { InputError } from "@partitune/schema";
import { startWorker, type WorkerProcess } from "../executors/workerProcess.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { paceVariable } from "../workers/protocol.ts";
import { type BatchEngine, Batcher } from "./batcher.ts";
import { parseServeOptions, type ServeOptions } from "./parseServeOptions.ts";
import { checkSocketPath, startRequestServer } from "./requestServer.ts";
import { warmUp } from "./warmUp.ts";

/** A batch that takes longer has hung. */
const longestBatchSeconds = 600;
const maxWaiting = 100_000;
/** Between looks at whether an idle engine still lives; a busy one is noticed at once. */
const lookMilliseconds = 500;

try {
  await serve(parseServeOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof InputError ? 2 : 1;
}

/** The deployed server of one placement: an engine, a queue before it, and a socket on which requests come in. */
async function serve(options: ServeOptions): Promise<void> {
  checkSocketPath(options.socket);
  const worker = await startWorker(
    { argv: options.engine },
    { readySeconds: options.readyTimeoutSeconds, stopSeconds: 2 },
  );
  try {
    checkPace(worker);
    const engine = batchEngine(worker);
    await warmUp(engine, options.batch, monotonicSeconds);
    await serveUntilStopped(options, worker, engine);
  } finally {
    await worker.close();
  }
}

function batchEngine(worker: WorkerProcess): BatchEngine {
  return { run: async (batch) => (await worker.run(batch, longestBatchSeconds)).service };
}

function checkPace({ ready }: WorkerProcess): void {
  const pace = process.env[paceVariable];
  if (pace === undefined || ready.pace === Number(pace)) return;
  throw new Error(
    `the engine does not pace itself to ${pace} cores as ${paceVariable} asks; deploy it where control groups can be made, or teach it to pause`,
  );
}

async function serveUntilStopped(options: ServeOptions, worker: WorkerProcess, engine: BatchEngine): Promise<void> {
  const { promise: failed, resolve: onFailure } = Promise.withResolvers<string>();
  const { batch, maxDelaySeconds } = options;
  const batcher = new Batcher(engine, { batch, maxDelaySeconds, maxWaiting, now: monotonicSeconds, onFailure });
  const stopped = stopSignal();
  const server = await startRequestServer(options.socket, batcher);
  const watch = setInterval(() => isAlive(worker) || onFailure("the engine has ended"), lookMilliseconds);
  process.stderr.write(`serving ${worker.ready.engine} at ${options.socket}, batches up to ${batch}\n`);
  const reason = await Promise.race([failed, stopped]);
  clearInterval(watch);
  server.stopAccepting();
  await batcher.drain();
  await server.finish();
  if (reason !== undefined) throw new Error(`engine failed: ${reason}`);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process. */
function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        resolve(undefined);
        process.once(signal, () => process.exit(1));
      });
    }
  });
}

function isAlive({ pid }: WorkerProcess): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
