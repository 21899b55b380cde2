import { InputError } from "@partitune/schema";
import type { Shapes } from "./parseShapes.ts";
import { type FillableType, isFillable } from "./randomTensorData.ts";

/** An input as the engine reports it; a dimension left open is a name, perhaps empty. */
export interface ModelInput {
  readonly name: string;
  /** Element type; undefined when the input is no tensor. */
  readonly type: string | undefined;
  readonly shape: readonly (number | string)[];
}

/** How one input is filled for a batch. */
export interface PlannedInput {
  readonly name: string;
  readonly type: FillableType;
  /** Its dimensions; "N" stands for the batch. */
  readonly shape: readonly (number | "N")[];
}

/** How all inputs are filled, and the only batch size that a model with a fixed one can run. */
export interface InputPlan {
  readonly inputs: readonly PlannedInput[];
  readonly fixedBatch: number | undefined;
}

/**
 * Decides the dimensions of every input. The batch dimension is the first one, where the model leaves it open; other open
 * dimensions of the same name are the batch too. A model that leaves no first dimension open has a fixed batch size: the first
 * dimension of its first input.
 *
 * @param shapes  sizes for other open dimensions, by input, the batch dimension left out
 * @throws InputError when a dimension stays unknown, or a shape does not fit its input
 */
export function planInputs(model: string, inputs: readonly ModelInput[], shapes: Shapes): InputPlan {
  const stranger = Object.keys(shapes).find((name) => !inputs.some((input) => input.name === name));
  if (stranger !== undefined) {
    throw new InputError({
      what: `option --shape "${stranger}"`,
      problem: `names no input of model "${model}"`,
      advice: `its inputs are ${inputs.map(describeInput).join(", ")}`,
    });
  }
  const batched = inputs.filter((input) => typeof input.shape[0] === "string");
  const batchNames = new Set(batched.map((input) => input.shape[0]).filter((name) => name !== ""));
  const first = inputs.find((input) => input.shape.length > 0)?.shape[0];
  return {
    inputs: inputs.map((input) => planInput(model, input, shapes[input.name], batchNames)),
    fixedBatch: batched.length === 0 && typeof first === "number" ? first : undefined,
  };
}

function planInput(
  model: string,
  input: ModelInput,
  sizes: readonly number[] | undefined,
  batchNames: ReadonlySet<number | string | undefined>,
): PlannedInput {
  const { name, type, shape } = input;
  if (type === undefined || !isFillable(type)) {
    throw new InputError({
      what: `input "${name}" of model "${model}"`,
      problem: `is of type ${type ?? "sequence or map"}, for which no data can be made`,
      advice: "measure this model with a worker of your own (see PROTOCOL.md)",
    });
  }
  const resolved = shape.map((size, i) => {
    if (typeof size === "number" && (sizes === undefined || i === 0 || sizes[i - 1] === size)) return size;
    if (typeof size === "string" && (i === 0 || batchNames.has(size))) return "N";
    const given = typeof size === "string" && sizes?.length === shape.length - 1 ? sizes[i - 1] : undefined;
    if (given !== undefined) return given;
    throw unresolved(model, input, sizes);
  });
  if (sizes !== undefined && sizes.length !== shape.length - 1) throw unresolved(model, input, sizes);
  return { name, type, shape: resolved };
}

function unresolved(model: string, input: ModelInput, sizes: readonly number[] | undefined): InputError {
  const example = ["N", ...input.shape.slice(1).map((size) => (typeof size === "number" ? size : 128))].join("x");
  return new InputError({
    what: `input ${describeInput(input)} of model "${model}"`,
    problem:
      sizes === undefined ? "leaves dimensions open" : `does not fit the given shape ${["N", ...sizes].join("x")}`,
    advice: `give all its sizes, e.g. --shape ${input.name}=${example}`,
  });
}

function describeInput({ name, shape }: ModelInput): string {
  return `"${name}" [${shape.map((size) => (size === "" ? "?" : size)).join(", ")}]`;
}
