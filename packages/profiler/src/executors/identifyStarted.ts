import { digestFile, InputError, type Workload } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import type { WorkerProcess } from "./workerProcess.ts";

/** Engines whose networks come out of libraries: another version is another network. */
const versioned: readonly string[] = ["pytorch", "tensorflow"];

/**
 * What a workload's definition only points at, as its worker tells: the user's own files that it reads, and for networks that come out of
 * libraries their versions. The worker is started once and closed, so that one that cannot be started is known before anything is measured.
 *
 * @param start  starts the worker as it is measured
 * @throws InputError when it cannot be started
 */
export async function identifyStarted(workload: Workload, start: () => Promise<WorkerProcess>): Promise<string> {
  const { engine, files = [] } = await tryOut(workload, start);
  const versions = versioned.includes(workload.engine.engine) ? [engine] : [];
  return [...versions, ...files.map(digestFile)].join(" ");
}

async function tryOut(workload: Workload, start: () => Promise<WorkerProcess>): Promise<WorkerProcess["ready"]> {
  try {
    const worker = await start();
    await worker.close();
    return worker.ready;
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error;
    throw new InputError({
      what: `workload "${workload.name}"`,
      problem: `cannot be started (${error.message})`,
      advice: "correct its model, its shapes or its command",
    });
  }
}
