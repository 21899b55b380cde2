import { type Random, seededRandom } from "@partitune/numerics";
import type { InputPlan, PlannedInput } from "../planInputs.ts";
import { planInputs } from "../planInputs.ts";
import { randomTensorData } from "../randomTensorData.ts";
import type { ServedEngine } from "../serveWorker.ts";
import { WorkerError } from "../workerError.ts";
import type { Feeds } from "./loadedModel.ts";
import { openModel } from "./openModel.ts";
import type { OpenTensorflow } from "./openTensorflow.ts";
import type { TensorflowOptions } from "./parseTensorflowOptions.ts";
import type { Tensor, TensorFlow } from "./tensorflow.ts";

/** A batch size, and what a batch of it is run on. */
interface Prepared {
  readonly batch: number;
  readonly feeds: Feeds;
  /** What it is learnt from; none where it is only answered. */
  readonly labels: readonly Tensor[];
}

/**
 * Opens a model on TensorFlow. A batch counts from its inputs lying in the backend's memory until all its outputs, or its losses, have
 * been read back: on a GPU that is what waits for the card.
 *
 * The inputs of the last batch size are kept, those of others are given back.
 *
 * @throws InputError when the model cannot be opened, leaves dimensions open, or cannot do the task
 */
export async function openTensorflowModel(
  { tf, name, device, guard }: OpenTensorflow,
  options: TensorflowOptions,
): Promise<ServedEngine> {
  const model = await openModel(tf, options.model, options.seed);
  const plan = planInputs(options.model, model.inputs, options.shapes);
  const training = options.task === "training" ? model.train(options.seed) : undefined;
  let prepared: Prepared | undefined;
  const prepare = async (batch: number): Promise<Prepared> => {
    if (prepared?.batch === batch) return prepared;
    checkBatch(options.model, plan, batch);
    if (prepared !== undefined) tf.dispose([...Object.values(prepared.feeds), ...prepared.labels]);
    prepared = undefined;
    const feeds = makeFeeds(tf, plan, batch, options.seed);
    prepared = { batch, feeds, labels: (await training?.labels(feeds)) ?? [] };
    return prepared;
  };
  return {
    name,
    device,
    ...(model.files.length === 0 ? {} : { files: model.files }),
    inputs: plan.inputs,
    prepare: (batch) => guard(async () => void (await prepare(batch))),
    run: (batch) =>
      guard(async () => {
        const { feeds, labels } = await prepare(batch);
        if (training !== undefined) await training.step(feeds, labels);
        else await readAll(await model.predict(feeds), feeds);
      }),
  };
}

function checkBatch(model: string, { fixedBatch }: InputPlan, batch: number): void {
  if (fixedBatch !== undefined && batch !== fixedBatch) {
    throw new WorkerError("bad-batch", `model "${model}" is built for batch ${fixedBatch}`);
  }
}

/** Reads outputs and gives them back, where they are not the inputs themselves. */
async function readAll(outputs: readonly Tensor[], feeds: Feeds): Promise<void> {
  const inputs = new Set(Object.values(feeds));
  for (const output of outputs) {
    await output.data();
    if (!inputs.has(output)) output.dispose();
  }
}

function makeFeeds(tf: TensorFlow, plan: InputPlan, batch: number, seed: string): Feeds {
  const random = seededRandom(seed);
  return Object.fromEntries(plan.inputs.map((input) => [input.name, makeTensor(tf, input, random, batch)]));
}

function makeTensor(tf: TensorFlow, input: PlannedInput, random: Random, batch: number): Tensor {
  const shape = input.shape.map((size) => (size === "N" ? batch : size));
  const length = shape.reduce((product, size) => product * size, 1);
  const data = randomTensorData(input.type, random.fork(input.name), length);
  return tf.tensor(data as Float32Array, shape, input.type as "float32" | "int32" | "bool");
}
