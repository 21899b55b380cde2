import { Worker } from "node:worker_threads";
import type { EvaluationRequest } from "./evaluationRequest.ts";
import type { EvaluationTask } from "./evaluationTasks.ts";
import type { ScoredPlace } from "./runTask.ts";

/** A finished task. */
export interface TaskResult {
  readonly id: string;
  readonly scores: readonly ScoredPlace[];
}

/**
 * Runs tasks on several threads; each result is handed over as it comes, in no fixed order.
 *
 * @param signal  ends the work after the tasks in flight
 * @throws what a thread throws, after all threads have ended
 */
export async function runPool(
  request: EvaluationRequest,
  tasks: readonly EvaluationTask[],
  threads: number,
  onResult: (result: TaskResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = tasks.values();
  const workers = Array.from({ length: Math.min(threads, tasks.length) }, () => startWorker(request));
  try {
    await Promise.all(workers.map((worker) => feed(worker, queue, onResult, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(request: EvaluationRequest): Worker {
  return new Worker(new URL("./evaluationWorker.ts", import.meta.url), { workerData: request });
}

/** Gives a thread one task after the other. */
function feed(
  worker: Worker,
  queue: Iterator<EvaluationTask>,
  onResult: (result: TaskResult) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const { done, value } = signal.aborted ? { done: true, value: undefined } : queue.next();
      if (done === true || value === undefined) resolve();
      else worker.postMessage(value);
    };
    worker.on("message", (result: TaskResult) => {
      try {
        onResult(result);
        next();
      } catch (error) {
        reject(error);
      }
    });
    worker.on("error", reject);
    next();
  });
}
