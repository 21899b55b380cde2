import { stat } from "node:fs/promises";
import { type Random, seededRandom } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import * as onnx from "onnxruntime-node";
import { buildZooModel, isZooSpec } from "../zoo/index.ts";
import { describeError } from "./describeError.ts";
import { type OnnxProvider, providerError } from "./onnxProviders.ts";
import type { Shapes } from "./parseShapes.ts";
import { type InputPlan, type ModelInput, type PlannedInput, planInputs } from "./planInputs.ts";
import { randomTensorData, type TensorData } from "./randomTensorData.ts";
import type { ServedEngine } from "./serveWorker.ts";
import { WorkerError } from "./workerError.ts";

/** What to open, and how to run it. */
export interface OnnxModelOptions {
  /** Path of an .onnx file, or a network of the zoo. */
  readonly model: string;
  /** Threads that share the work of one operator, at least 1. */
  readonly threads: number;
  /** What runs the network; the processor when absent. Operators that a provider has not are run by the processor, as ONNX Runtime does. */
  readonly provider?: OnnxProvider;
  readonly shapes: Shapes;
  /** Fixes the input data. */
  readonly seed: string;
  /** Folder of built networks; the zoo's default when absent. */
  readonly zooFolder?: string;
  /** The engine writes down each operator of each run, into a file whose path begins so; it does not when absent. */
  readonly profilePrefix?: string;
}

/** An open network. */
export interface OnnxModel extends ServedEngine {
  /** The inputs of a batch, by name. */
  feeds(batch: number): Readonly<Record<string, onnx.Tensor>>;
  /** Runs a batch and returns its outputs, by name. */
  infer(batch: number): Promise<onnx.InferenceSession.ReturnType>;
  /** Completes the file of the profile, where one is written. */
  endProfiling(): void;
}

/**
 * Opens a network on ONNX Runtime. On the processor: operators one after another, each on `threads` threads that sleep while
 * they wait. Waiting threads that spin, the engine's default, would burn the quota of their partition. On other providers a run ends when
 * its outputs are in the processor's memory.
 *
 * @throws InputError when the file is missing, empty or no model, or leaves dimensions open, or the provider does not load
 */
export async function openOnnxModel(options: OnnxModelOptions): Promise<OnnxModel> {
  const path = isZooSpec(options.model) ? await buildZooModel(options.model, options.zooFolder) : options.model;
  await checkFile(options.model, path);
  const session = await createSession(options, path);
  const plan = planInputs(options.model, session.inputMetadata.map(toModelInput), options.shapes);
  const feedsOf = feedMaker(plan, options);
  const infer = (batch: number): Promise<onnx.InferenceSession.ReturnType> => session.run(feedsOf(batch));
  return {
    name: engineName(options.provider),
    inputs: plan.inputs,
    prepare: (batch) => void feedsOf(batch),
    run: async (batch) => void (await infer(batch)),
    feeds: feedsOf,
    infer,
    endProfiling: () => session.endProfiling(),
  };
}

function engineName(provider: OnnxProvider = "cpu"): string {
  const name = `onnxruntime ${onnx.env.versions.node ?? onnx.env.versions.common}`;
  return provider === "cpu" ? name : `${name} ${provider}`;
}

async function checkFile(model: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true && found.size > 0) return;
  throw new InputError({
    what: `model "${model}"`,
    problem: found === undefined ? "does not exist" : found.isFile() ? "is an empty file" : "is not a file",
    advice: 'give the path of an .onnx file, or a network of the zoo such as "zoo:resnet18"',
  });
}

async function createSession(options: OnnxModelOptions, path: string): Promise<onnx.InferenceSession> {
  try {
    return await onnx.InferenceSession.create(path, {
      executionProviders: [options.provider ?? "cpu"],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      logSeverityLevel: 3,
      ...(options.profilePrefix === undefined
        ? {}
        : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
      extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    });
  } catch (error) {
    const { code, message } = describeError(error);
    if (code === "out-of-memory")
      throw new WorkerError(code, `model "${options.model}" does not fit into memory: ${message}`);
    throw (
      providerError(options.provider ?? "cpu", message) ??
      new InputError({
        what: `model "${options.model}"`,
        problem: `cannot be loaded (${message})`,
        advice: "export it again, for ONNX Runtime 1.30 or older",
      })
    );
  }
}

function toModelInput(input: onnx.InferenceSession.ValueMetadata): ModelInput {
  return input.isTensor
    ? { name: input.name, type: input.type, shape: input.shape }
    : { name: input.name, type: undefined, shape: [] };
}

/** Inputs of each batch size, made on first use and kept. */
function feedMaker(plan: InputPlan, options: OnnxModelOptions): (batch: number) => Record<string, onnx.Tensor> {
  const made = new Map<number, Record<string, onnx.Tensor>>();
  return (batch) => {
    const known = made.get(batch);
    if (known !== undefined) return known;
    if (plan.fixedBatch !== undefined && batch !== plan.fixedBatch) {
      throw new WorkerError("bad-batch", `model "${options.model}" is built for batch ${plan.fixedBatch}`);
    }
    const random = seededRandom(options.seed);
    const feeds = Object.fromEntries(plan.inputs.map((input) => [input.name, makeTensor(input, random, batch)]));
    made.set(batch, feeds);
    return feeds;
  };
}

function makeTensor(input: PlannedInput, random: Random, batch: number): onnx.Tensor {
  const dimensions = input.shape.map((size) => (size === "N" ? batch : size));
  const length = dimensions.reduce((product, size) => product * size, 1);
  const data: TensorData = randomTensorData(input.type, random.fork(input.name), length);
  return new onnx.Tensor(input.type, data as onnx.Tensor.DataType, dimensions);
}
