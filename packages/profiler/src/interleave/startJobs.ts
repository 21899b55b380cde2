import { resolve } from "node:path";
import { engineCommand } from "@partitune/emitter";
import type { ModePlan } from "@partitune/schema";
import { startWorker, type WorkerProcess } from "../executors/workerProcess.ts";
import type { BatchEngine } from "../live/batcher.ts";
import { warmUp } from "../live/warmUp.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { TurnsServerOptions } from "./parseTurnsOptions.ts";

/** The workers of a plan, ready. */
export interface Jobs {
  /** Workload → what runs its minibatches. */
  readonly engines: ReadonlyMap<string, BatchEngine>;
  readonly processIds: readonly number[];
  /** Whether all of their processes live. */
  areAlive(): boolean;
  close(): Promise<void>;
}

/** A minibatch that takes longer has hung. */
const longestMinibatchSeconds = 600;

/**
 * Starts a worker for each job of a plan, one after the other, and has it run each size of minibatch that it will be asked for.
 *
 * @throws WorkerFailure when one does not start; those before it are stopped then
 */
export async function startJobs(plan: ModePlan, options: TurnsServerOptions): Promise<Jobs> {
  const workers = new Map<string, WorkerProcess>();
  const close = async () => {
    await Promise.all(Array.from(workers.values(), (worker) => worker.close()));
  };
  try {
    for (const { workload } of plan.inferences) workers.set(workload, await start(plan, workload, options));
    if (plan.background !== null) {
      const { workload } = plan.background;
      workers.set(workload, await start(plan, workload, options));
    }
    const engines = new Map(Array.from(workers, ([name, worker]) => [name, engineOf(worker)]));
    for (const { workload, batch } of plan.inferences) await warmUp(engines.get(workload)!, batch, monotonicSeconds);
    if (plan.background !== null) await engines.get(plan.background.workload)!.run(plan.background.batch);
    const processIds = Array.from(workers.values(), ({ pid }) => pid);
    return { engines, processIds, close, areAlive: () => processIds.every(isAlive) };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(plan: ModePlan, name: string, options: TurnsServerOptions): Promise<WorkerProcess> {
  const workload = plan.workloads.find((each) => each.name === name)!;
  const { home, threads, zooFolder, readyTimeoutSeconds } = options;
  const launch = engineCommand(workload, {
    home,
    threads,
    ...(zooFolder === undefined ? {} : { zooFolder: resolve(zooFolder) }),
  });
  return startWorker(launch, { readySeconds: readyTimeoutSeconds, stopSeconds: 2 });
}

function engineOf(worker: WorkerProcess): BatchEngine {
  return { run: async (batch) => (await worker.run(batch, longestMinibatchSeconds)).service };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
