import { InputError, type Workload } from "@partitune/schema";
import type { Executor } from "./executor.ts";
import type { IdentifiedWorkload } from "./identity.ts";

/**
 * Asks an executor for what the definitions of workloads only point at.
 *
 * @throws InputError when the executor does not start the engine of one, or a workload cannot be started
 */
export async function identifyWorkloads(
  executor: Executor,
  workloads: readonly Workload[],
): Promise<ReadonlyMap<string, IdentifiedWorkload>> {
  const identified = new Map<string, IdentifiedWorkload>();
  for (const workload of workloads) {
    if (!executor.engines.includes(workload.engine.engine)) {
      throw new InputError({
        what: `workload "${workload.name}"`,
        problem: `has engine "${workload.engine.engine}", which executor "${executor.name}" does not start`,
        advice: `use an executor for it, or one of the engines ${executor.engines.map((name) => `"${name}"`).join(", ")}`,
      });
    }
    identified.set(workload.name, { workload, identity: await executor.identify(workload) });
  }
  return identified;
}
