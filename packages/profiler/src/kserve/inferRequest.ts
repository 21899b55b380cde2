import { type Random, seededRandom } from "@partitune/numerics";
import { WorkerFailure } from "../executor.ts";
import type { InputPlan } from "../workers/planInputs.ts";
import type { PreparedRequest } from "./connection.ts";
import { binaryTensor, jsonTensor } from "./datatypes.ts";
import { type KServeEngine, modelPath, type ServedModel } from "./servedModel.ts";

/** What the requests for a model are made of. */
export interface RequestRecipe {
  readonly engine: KServeEngine;
  readonly model: ServedModel;
  readonly plan: InputPlan;
  /** Whether tensors go in binary form. */
  readonly isBinary: boolean;
  /** Fixes the data. */
  readonly seed: string;
}

/**
 * The request that runs one batch, data included: made once, and sent as it is from then on.
 *
 * @throws WorkerFailure `bad-batch` when the model does not take batches of this size
 * @see the binary tensor data extension of the protocol for the form of the body
 */
export function inferRequest({ engine, model, plan, isBinary, seed }: RequestRecipe, batch: number): PreparedRequest {
  checkBatch(model, plan, batch);
  const tensors = plan.inputs.map(({ name, shape }, i) => ({
    name,
    datatype: model.inputs[i]!.datatype,
    shape: shape.map((size) => (size === "N" ? batch : size)),
    random: seededRandom(seed).fork(name),
  }));
  const { body, headers } = isBinary ? binaryBody(tensors) : jsonBody(tensors);
  return {
    method: "POST",
    path: `${modelPath(engine)}/infer`,
    headers,
    body,
    doing: `while running a batch of ${batch} on model "${engine.model}"`,
  };
}

function checkBatch(
  { name, largestBatch = Number.POSITIVE_INFINITY }: ServedModel,
  plan: InputPlan,
  batch: number,
): void {
  if (plan.fixedBatch !== undefined && plan.fixedBatch !== batch)
    throw new WorkerFailure("bad-batch", `model "${name}" is built for batch ${plan.fixedBatch}`);
  if (batch > largestBatch)
    throw new WorkerFailure("bad-batch", `the server takes batches of at most ${largestBatch} for model "${name}"`);
}

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly random: Random;
}

interface Body {
  readonly body: Uint8Array;
  readonly headers: readonly string[];
}

function binaryBody(tensors: readonly Tensor[]): Body {
  const data = tensors.map(({ datatype, random, shape }) => binaryTensor(datatype, random, lengthOf(shape)));
  const inputs = tensors.map(({ name, datatype, shape }, i) => ({
    name,
    shape,
    datatype,
    parameters: { binary_data_size: data[i]!.byteLength },
  }));
  const json = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
  return {
    body: Buffer.concat([json, ...data]),
    headers: ["content-type", "application/octet-stream", "inference-header-content-length", String(json.length)],
  };
}

function jsonBody(tensors: readonly Tensor[]): Body {
  const inputs = tensors.map(({ name, datatype, shape, random }) => ({
    name,
    shape,
    datatype,
    data: jsonTensor(datatype, random, lengthOf(shape)),
  }));
  return { body: Buffer.from(JSON.stringify({ inputs })), headers: ["content-type", "application/json"] };
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
