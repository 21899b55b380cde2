import { parseArgs } from "node:util";
import { InputError } from "@partitune/schema";
import { parseProvider } from "./onnxProviders.ts";
import type { OnnxModelOptions } from "./openOnnxModel.ts";
import { parseShapes } from "./parseShapes.ts";

const advice =
  "run onnxWorker.ts --model=zoo:resnet18|FILE.onnx [--threads=1] [--provider=cpu|cuda|tensorrt|webgpu] [--shape=input=Nx3x224x224] [--zoo=FOLDER] [--seed=1]";

const options = {
  model: { type: "string" },
  threads: { type: "string", default: "1" },
  provider: { type: "string" },
  shape: { type: "string", multiple: true, default: [] as string[] },
  zoo: { type: "string" },
  seed: { type: "string", default: "1" },
} as const;

/**
 * The options of the ONNX worker from its command line.
 *
 * @throws InputError when an option is missing, unknown or cannot be read
 */
export function parseWorkerOptions(argv: readonly string[]): OnnxModelOptions {
  const values = readValues(argv);
  const threads = Number(values.threads);
  if (values.model === undefined || values.model === "") {
    throw new InputError({ what: "option --model", problem: "is missing", advice });
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new InputError({ what: `option --threads "${values.threads}"`, problem: "is no number of threads", advice });
  }
  const { model, seed, zoo, provider } = values;
  return {
    model,
    seed,
    threads,
    shapes: parseShapes(values.shape),
    ...(provider === undefined ? {} : { provider: parseProvider(provider) }),
    ...(zoo === undefined ? {} : { zooFolder: zoo }),
  };
}

function readValues(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).split(". ")[0]!;
    throw new InputError({ what: "worker", problem: `was started wrongly (${problem})`, advice });
  }
}
