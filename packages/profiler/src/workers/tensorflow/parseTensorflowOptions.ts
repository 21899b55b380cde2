import { parseArgs } from "node:util";
import { InputError } from "@partitune/schema";
import { parseShapes, type Shapes } from "../parseShapes.ts";

/** What to open, and how to run it. */
export interface TensorflowOptions {
  /** Folder of a SavedModel, path of a model.json, or a network of the zoo. */
  readonly model: string;
  /** Whether a batch is answered or learnt from. */
  readonly task: "inference" | "training";
  /** What it is to run on; where there is no GPU, the processor takes its place and the worker says so. */
  readonly device: "cpu" | "cuda";
  /** Threads that share the work of one operator, at least 1. */
  readonly threads: number;
  readonly shapes: Shapes;
  /** Fixes the input data, the labels, and the weights of networks of the zoo. */
  readonly seed: string;
}

const advice =
  "run tensorflowWorker.ts --model=zoo:mobilenet|FOLDER|FILE/model.json [--task=inference|training] [--device=cpu|cuda] [--threads=1] [--shape=input=Nx224x224x3] [--seed=1]";

const options = {
  model: { type: "string" },
  task: { type: "string", default: "inference" },
  device: { type: "string", default: "cpu" },
  threads: { type: "string", default: "1" },
  shape: { type: "string", multiple: true, default: [] as string[] },
  seed: { type: "string", default: "1" },
} as const;

/**
 * The options of the TensorFlow worker from its command line.
 *
 * @throws InputError when an option is missing, unknown or cannot be read
 */
export function parseTensorflowOptions(argv: readonly string[]): TensorflowOptions {
  const { model, task, device, threads, shape, seed } = readValues(argv);
  if (model === undefined || model === "") {
    throw new InputError({ what: "option --model", problem: "is missing", advice });
  }
  if (task !== "inference" && task !== "training") {
    throw new InputError({ what: `option --task "${task}"`, problem: "is neither inference nor training", advice });
  }
  if (device !== "cpu" && device !== "cuda") {
    throw new InputError({ what: `option --device "${device}"`, problem: "is neither cpu nor cuda", advice });
  }
  if (!/^[1-9]\d{0,4}$/.test(threads)) {
    throw new InputError({ what: `option --threads "${threads}"`, problem: "is no number of threads", advice });
  }
  return { model, task, device, threads: Number(threads), shapes: parseShapes(shape), seed };
}

function readValues(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).split(". ")[0]!;
    throw new InputError({ what: "worker", problem: `was started wrongly (${problem})`, advice });
  }
}
