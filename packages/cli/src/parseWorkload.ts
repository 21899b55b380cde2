import { type Engine, InputError, type Workload } from "@partitune/schema";

/**
 * A workload as it is written on the command line: `NAME=zoo:resnet18@112`, `NAME=path/to/model.onnx`, or
 * `NAME=command:program arg …` for anything that speaks the worker protocol (split at spaces; a workloads file takes arguments that hold
 * spaces).
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
  if (source.startsWith("command:")) return { engine: "command", command: parseCommand(source) };
  if (shapes.length === 0) return { engine: "onnx", model: source };
  return { engine: "onnx", model: source, shapes: Object.fromEntries(shapes.map(parseShape)) };
}

function parseCommand(source: string): readonly string[] {
  const words = source.slice("command:".length).trim().split(/\s+/);
  if (words[0] !== "") return words;
  throw new InputError({
    what: `command "${source}"`,
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
