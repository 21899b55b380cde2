import { type Engine, InputError, type Workload } from "@partitune/schema";
import { parseServedModel } from "./parseServedModel.ts";

/** What is said once for all workloads of a command line. */
export interface WorkloadWords {
  /** Dimensions for inputs that a model leaves open, `input=3x224x224` each. */
  readonly shapes?: readonly string[];
  /** The Python interpreter that has PyTorch. */
  readonly python?: string;
}

const forms =
  "NAME=zoo:resnet18, NAME=model.onnx, NAME=pytorch:torchvision:resnet50, NAME=tensorflow:FOLDER, NAME=kserve:http://HOST:8000/MODEL or NAME=command:program";

/**
 * A workload as it is written on the command line:
 *
 * - `NAME=zoo:resnet18@112` or `NAME=path/to/model.onnx`: ONNX Runtime
 * - `NAME=pytorch:torchvision:resnet50`, `pytorch:timm:…`, `pytorch:transformers:…`, `pytorch:python:MODULE:FUNCTION`
 * - `NAME=tensorflow:path/to/saved_model` or `NAME=tensorflow:zoo:mobilenet@96`
 * - `NAME=kserve:http://localhost:8000/resnet50`: a model of a running server
 * - `NAME=command:program arg …` for anything that speaks the worker protocol (split at spaces; a workloads file takes arguments that hold
 *   spaces)
 *
 * @throws InputError when it cannot be read
 */
export function parseWorkload(
  text: string,
  batches: readonly number[],
  { shapes = [], python }: WorkloadWords = {},
): Workload {
  const split = text.indexOf("=");
  const source = text.slice(split + 1);
  if (split < 1 || source === "") {
    throw new InputError({ what: `workload "${text}"`, problem: "has no name or no model", advice: `write ${forms}` });
  }
  const engine = parseEngine(source, python);
  const sizes = shapes.length === 0 ? {} : { shapes: Object.fromEntries(shapes.map(parseShape)) };
  return {
    name: text.slice(0, split),
    task: "inference",
    engine: engine.engine === "command" ? engine : { ...engine, ...sizes },
    batches,
  };
}

function parseEngine(source: string, python: string | undefined): Engine {
  const [kind, rest] = splitAtColon(source);
  switch (kind) {
    case "command":
      return { engine: "command", command: parseCommand(rest) };
    case "pytorch":
      return { engine: "pytorch", model: parseTorchModel(rest), ...(python === undefined ? {} : { python }) };
    case "tensorflow":
      return { engine: "tensorflow", model: named(rest, "tensorflow:FOLDER or tensorflow:zoo:mobilenet@96") };
    case "kserve":
      return { engine: "kserve", ...parseServedModel(rest) };
    default:
      return { engine: "onnx", model: source };
  }
}

function splitAtColon(text: string): readonly [string, string] {
  const split = text.indexOf(":");
  return split < 0 ? ["", text] : [text.slice(0, split), text.slice(split + 1)];
}

function parseTorchModel(model: string): string {
  if (/^(?:torchvision|timm|transformers|python):./u.test(model)) return model;
  throw new InputError({
    what: `model "pytorch:${model}"`,
    problem: "names no source of networks",
    advice:
      "write pytorch:torchvision:resnet50, pytorch:timm:NAME, pytorch:transformers:NAME or pytorch:python:MODULE:FUNCTION",
  });
}

function named(model: string, form: string): string {
  if (model !== "") return model;
  throw new InputError({ what: "a workload", problem: "names no model", advice: `write ${form}` });
}

function parseCommand(text: string): readonly string[] {
  const words = text.trim().split(/\s+/);
  if (words[0] !== "") return words;
  throw new InputError({
    what: `command "command:${text}"`,
    problem: "names no program",
    advice: 'write for example NAME="command:python3 worker.py"',
  });
}

function parseShape(text: string): [string, readonly number[]] {
  const [, input, dimensions] = /^(.+)=([1-9]\d*(?:x[1-9]\d*)*)$/.exec(text) ?? [];
  if (input !== undefined && dimensions !== undefined) return [input, dimensions.split("x").map(Number)];
  throw new InputError({
    what: `option --shape "${text}"`,
    problem: "cannot be read",
    advice: "write INPUT=3x224x224, without the batch dimension",
  });
}
