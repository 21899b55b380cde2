import { type Engine, InputError, type Workload } from "@partitune/schema";

/**
 * A workload as it is written on the command line: `NAME=zoo:resnet18@112`, `NAME=path/to/model.onnx`, or
 * `NAME=command:program arg …` for anything that speaks the worker protocol (split at spaces; use a workloads file for
 * arguments that hold spaces).
 *
 * @param shapes  dimensions for inputs that a model leaves open, `input=3x224x224`
 * @throws InputError when it cannot be read
 */
export function parseWorkload(text: string, batches: readonly number[], shapes: readonly string[]): Workload {
  const split = text.indexOf("=");
  const source = text.slice(split + 1);
  if (split < 1 || source === "") {
    throw new InputError({
      what: `workload "${text}"`,
      problem: "has no name or no model",
      advice: "write NAME=zoo:resnet18, NAME=model.onnx or NAME=command:program",
    });
  }
  return { name: text.slice(0, split), task: "inference", engine: parseEngine(source, shapes), batches };
}

function parseEngine(source: string, shapes: readonly string[]): Engine {
  if (source.startsWith("command:"))
    return { engine: "command", command: source.slice("command:".length).trim().split(/\s+/) };
  if (shapes.length === 0) return { engine: "onnx", model: source };
  return { engine: "onnx", model: source, shapes: Object.fromEntries(shapes.map(parseShape)) };
}

function parseShape(text: string): [string, readonly number[]] {
  const parts = /^(?<input>.+)=(?<dimensions>\d+(?:x\d+)*)$/.exec(text)?.groups;
  if (parts !== undefined) return [parts["input"]!, parts["dimensions"]!.split("x").map(Number)];
  throw new InputError({
    what: `option --shape "${text}"`,
    problem: "cannot be read",
    advice: "write INPUT=3x224x224, without the batch dimension",
  });
}
