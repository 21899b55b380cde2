import { InputError, loadJson, type Workload } from "@partitune/schema";
import { parseWorkload } from "./parseWorkload.ts";

/** Where a command line names workloads. */
export interface WorkloadOptions {
  /** `NAME=model` each. */
  readonly workload?: readonly string[];
  /** `INPUT=3x224x224` each, for the models named by `workload`. */
  readonly shape?: readonly string[];
  /** Names of those of `workload` that take training steps. */
  readonly training?: readonly string[];
  /** The Python interpreter that has PyTorch, for those of `workload`. */
  readonly python?: string;
  /** A file of workloads. */
  readonly workloads?: string;
}

/**
 * The workloads that a command line names, one by one or in a file.
 *
 * @param batches  batch sizes of those that do not say their own
 * @throws InputError when none can be read, or an option belongs to none
 */
export function readWorkloads(options: WorkloadOptions, batches: readonly number[]): readonly Workload[] {
  const { workload = [], shape = [], training = [], python, workloads } = options;
  checkBelongs(options);
  const words = { shapes: shape, ...(python === undefined ? {} : { python }) };
  const named = workload.map((text) => parseWorkload(text, batches, words));
  const filed = workloads === undefined ? [] : loadJson(workloads, "workloads").workloads;
  if (python !== undefined && !named.some(({ engine }) => engine.engine === "pytorch")) {
    throw belongsToNone(`--python "${python}"`, "--workload of PyTorch", '"python" of the engine');
  }
  return [
    ...asTraining(named, training),
    ...filed.map((entry) => ({ ...entry, batches: ascending(entry.batches ?? batches) })),
  ];
}

function checkBelongs({ workload = [], shape = [], training = [] }: WorkloadOptions): void {
  if (workload.length > 0) return;
  if (shape.length > 0) throw belongsToNone(`--shape "${shape[0]}"`, "--workload", '"shapes" of the engine');
  if (training.length > 0) throw belongsToNone(`--training "${training[0]}"`, "--workload", '"task": "training"');
}

function belongsToNone(option: string, owner: string, inFile: string): InputError {
  return new InputError({
    what: `option ${option}`,
    problem: `belongs to no ${owner}`,
    advice: `in a workloads file, write it as ${inFile}`,
  });
}

const trainable: readonly string[] = ["pytorch", "tensorflow", "command"];

function asTraining(named: readonly Workload[], training: readonly string[]): readonly Workload[] {
  for (const name of training) {
    const found = named.find((workload) => workload.name === name);
    if (found !== undefined && trainable.includes(found.engine.engine)) continue;
    throw new InputError({
      what: `option --training "${name}"`,
      problem:
        found === undefined
          ? "names no --workload"
          : `names a workload of engine "${found.engine.engine}", which only infers`,
      advice:
        found === undefined ? `name one of ${named.map((each) => each.name).join(", ")}` : "use PyTorch or TensorFlow",
    });
  }
  return named.map((workload) => (training.includes(workload.name) ? { ...workload, task: "training" } : workload));
}

function ascending(batches: readonly number[]): readonly number[] {
  return [...new Set(batches)].sort((a, b) => a - b);
}
