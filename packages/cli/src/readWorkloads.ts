import { InputError, loadJson, type Workload } from "@partitune/schema";
import { parseWorkload } from "./parseWorkload.ts";

/** Where a command line names workloads. */
export interface WorkloadOptions {
  /** `NAME=model` each. */
  readonly workload?: readonly string[];
  /** `INPUT=3x224x224` each, for the models named by `workload`. */
  readonly shape?: readonly string[];
  /** A file of workloads. */
  readonly workloads?: string;
}

/**
 * The workloads that a command line names, one by one or in a file.
 *
 * @param batches  batch sizes of those that do not say their own
 * @throws InputError when none can be read, or a shape belongs to none
 */
export function readWorkloads(
  { workload = [], shape = [], workloads }: WorkloadOptions,
  batches: readonly number[],
): readonly Workload[] {
  if (shape.length > 0 && workload.length === 0) {
    throw new InputError({
      what: `option --shape "${shape[0]}"`,
      problem: "belongs to no --workload",
      advice: 'in a workloads file, write it as "shapes" of the engine',
    });
  }
  const filed = workloads === undefined ? [] : loadJson(workloads, "workloads").workloads;
  return [
    ...workload.map((text) => parseWorkload(text, batches, shape)),
    ...filed.map((entry) => ({ ...entry, batches: ascending(entry.batches ?? batches) })),
  ];
}

function ascending(batches: readonly number[]): readonly number[] {
  return [...new Set(batches)].sort((a, b) => a - b);
}
