import { type Engine, InputError } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import { type InputPlan, planInputs } from "../workers/planInputs.ts";
import { datatypeNames, fillableAs, fitsJson } from "./datatypes.ts";

/** How a workload names a model of a server. */
export type KServeEngine = Extract<Engine, { readonly engine: "kserve" }>;

/** A tensor of a model as its server describes it; −1 where a size is open. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A model as its server describes it. */
export interface ServedModel {
  readonly name: string;
  readonly platform: string;
  readonly versions: readonly string[];
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** The largest batch that the server takes; absent where it does not tell. */
  readonly largestBatch?: number;
}

/** Path of a model, encoded. */
export function modelPath({ model, modelVersion }: KServeEngine): string {
  const version = modelVersion === undefined ? "" : `/versions/${encodeURIComponent(modelVersion)}`;
  return `/v2/models/${encodeURIComponent(model)}${version}`;
}

/**
 * Reads a server's description of a model.
 *
 * @throws WorkerFailure when it is none
 */
export function parseModel(value: unknown, engine: KServeEngine): ServedModel {
  const fields = fieldsOf(value);
  return {
    name: typeof fields.name === "string" ? fields.name : engine.model,
    platform: typeof fields.platform === "string" ? fields.platform : "",
    versions: Array.isArray(fields.versions) ? fields.versions.map(String) : [],
    inputs: tensorsOf(fields.inputs, engine),
    outputs: tensorsOf(fields.outputs ?? [], engine),
  };
}

/** The largest batch by the server's configuration of a model, an extension of Triton's; undefined where it says nothing, or leaves batches to the model. */
export function parseLargestBatch(value: unknown): number | undefined {
  const { max_batch_size: most } = fieldsOf(value);
  return typeof most === "number" && Number.isSafeInteger(most) && most > 0 ? most : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function tensorsOf(value: unknown, { model }: KServeEngine): readonly TensorMetadata[] {
  if (!Array.isArray(value)) throw undescribed(model);
  return value.map((each: unknown) => {
    const { name, datatype, shape } = fieldsOf(each);
    if (typeof name !== "string" || typeof datatype !== "string" || !Array.isArray(shape)) throw undescribed(model);
    return { name, datatype: datatype.toUpperCase(), shape: shape.map(Number) };
  });
}

function undescribed(model: string): WorkerFailure {
  return new WorkerFailure("garbage", `server does not describe the inputs of model "${model}" as the protocol asks`);
}

/**
 * Decides the sizes of every input: the first dimension is the batch where it is open; others that are open need sizes.
 *
 * @param isBinary  whether tensors go in binary form
 * @throws InputError when a size stays unknown, or a type cannot be sent
 */
export function planServedInputs(model: ServedModel, { shapes = {} }: KServeEngine, isBinary: boolean): InputPlan {
  if (model.inputs.length === 0)
    throw unsendable(model, "has no inputs", "have the server describe them, or measure another model");
  for (const { name, datatype } of model.inputs) {
    if (fillableAs(datatype) === undefined)
      throw unsendable(
        model,
        `has input "${name}" of type "${datatype}", which the protocol does not know`,
        `give it one of ${datatypeNames.join(", ")}`,
      );
    if (!isBinary && !fitsJson(datatype))
      throw unsendable(
        model,
        `has input "${name}" of type "${datatype}", which JSON cannot hold`,
        'serve it where "binary_tensor_data" is among the extensions of the server',
      );
  }
  const inputs = model.inputs.map(({ name, datatype, shape }) => ({
    name,
    type: fillableAs(datatype),
    shape: shape.map((size, i) => (size >= 0 ? size : i === 0 ? "batch" : "")),
  }));
  return planInputs(model.name, inputs, shapes);
}

function unsendable({ name }: ServedModel, problem: string, advice: string): InputError {
  return new InputError({ what: `model "${name}" of the server`, problem, advice });
}
