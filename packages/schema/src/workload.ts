import { z } from "zod";
import { made } from "./made.ts";
import { count, name, nonNegative, positiveCount } from "./units.ts";

const shapes = z
  .record(z.string(), z.array(positiveCount).readonly())
  .optional()
  .describe("dimensions of inputs whose sizes the model leaves open, the batch dimension excluded");

/** An ONNX network, run by the worker that partitune ships. */
const onnxEngine = z.strictObject({
  engine: z.literal("onnx"),
  model: z.string().min(1).describe('path of an .onnx file, or a network of the zoo such as "zoo:resnet18@112"'),
  provider: z
    .enum(["cpu", "cuda", "tensorrt", "webgpu"])
    .optional()
    .describe(
      "what of ONNX Runtime runs the network; that of the device when absent: cpu on a processor, cuda on a card",
    ),
  shapes,
});

/** A PyTorch network, run by the Python worker that partitune ships. */
const pytorchEngine = z.strictObject({
  engine: z.literal("pytorch"),
  model: z
    .string()
    .regex(/^(?:torchvision|timm|transformers|python):./, 'a source and a name, such as "torchvision:resnet50"')
    .describe(
      'a network by its library, "torchvision:resnet50", "timm:vit_base_patch16_224", "transformers:bert-base-uncased" (of random weights), or "python:MODULE:FUNCTION", a function that returns a module and example inputs',
    ),
  mode: z
    .enum(["eager", "cuda-graph"])
    .optional()
    .describe("how a step is launched: kernel by kernel, or replayed from a CUDA graph; eager when absent"),
  precision: z
    .enum(["float32", "float16", "bfloat16"])
    .optional()
    .describe("of weights and inputs; float32 when absent"),
  shapes,
  python: z.string().min(1).optional().describe("the interpreter that has PyTorch; python3 when absent"),
});

/** A TensorFlow network, run by the worker that partitune ships. */
const tensorflowEngine = z.strictObject({
  engine: z.literal("tensorflow"),
  model: z
    .string()
    .min(1)
    .describe(
      'folder of a SavedModel, model.json of a layers or graph model, or a network of the zoo, "zoo:mobilenet@96"',
    ),
  shapes,
});

/** A model of a running server that speaks the KServe v2 inference protocol over HTTP. */
const kserveEngine = z.strictObject({
  engine: z.literal("kserve"),
  url: z.url({ protocol: /^https?$/ }).describe("base address of the server, such as http://localhost:8000"),
  model: z.string().min(1).describe("name of the model on the server"),
  modelVersion: z.string().min(1).optional().describe("its version; the server's choice when absent"),
  shapes,
});

/** Any program that speaks the worker line protocol. */
const commandEngine = z.strictObject({
  engine: z.literal("command"),
  command: z.array(z.string()).min(1).readonly().describe("program and arguments, run without a shell"),
  environment: z.record(z.string(), z.string()).optional().describe("variables added to the environment"),
});

/** A closed formula with noise, for tests and demonstrations: batch latency = fixed + perItem·batch on a whole device. */
const syntheticEngine = z.strictObject({
  engine: z.literal("synthetic"),
  fixedSeconds: nonNegative.describe("time of a batch that does not depend on its size, whole device"),
  perItemSeconds: nonNegative.describe("time each batch item adds, whole device"),
  serialFraction: nonNegative.max(1).describe("part of the time that more of the device does not shorten (Amdahl)"),
  noise: nonNegative.describe("standard deviation of the logarithm of each run's time"),
  memoryBytes: count.describe("memory of the weights"),
});

/** Measured elsewhere and known only from a table: it can be planned for and replayed, never started. */
const recordedEngine = z.strictObject({
  engine: z.literal("recorded"),
  source: z.string().describe("the table it was read from"),
});

/** Nothing: the idle device, measured for its power. A batch is a second of waiting. */
const idleEngine = z.strictObject({ engine: z.literal("idle") });

/** A workload of a synthetic board: time and energy rooflines over cores and clocks, with noise. */
const boardEngine = z.strictObject({
  engine: z.literal("synthetic-board"),
  workload: z.string().min(1).describe("name of the formula's constants, such as resnet18"),
});

/** A workload of a synthetic card: a roofline over multiprocessors, memory bandwidth, clock and processes, with noise. */
const cardEngine = z.strictObject({
  engine: z.literal("synthetic-card"),
  workload: z.string().min(1).describe("name of the formula's constants, such as resnet50"),
});

/** How a workload is started. */
export const engine = z.discriminatedUnion("engine", [
  onnxEngine,
  pytorchEngine,
  tensorflowEngine,
  kserveEngine,
  commandEngine,
  syntheticEngine,
  boardEngine,
  cardEngine,
  recordedEngine,
  idleEngine,
]);
export type Engine = Readonly<z.infer<typeof engine>>;

/** A deep-learning job that is measured and deployed. */
export const workload = z.strictObject({
  name: name.describe("unique name"),
  task: z.enum(["inference", "training", "idle"]).describe("answers requests, takes training steps, or does nothing"),
  engine: engine.describe("how it is started"),
  batches: z.array(positiveCount).min(1).readonly().describe("batch sizes to measure, ascending"),
  run: z
    .enum(["batch", "epoch"])
    .optional()
    .describe(
      "what one measured run is: one batch (the default), or a whole epoch, whatever the batch size; throughput and energy then count epochs",
    ),
});
export type Workload = Readonly<z.infer<typeof workload>>;

/** A workload as a user writes it down: what is usual may be left out. */
const workloadEntry = workload.extend({
  task: workload.shape.task.default("inference"),
  batches: workload.shape.batches
    .optional()
    .describe("batch sizes to measure, ascending; those of the command when absent"),
});

/** A file of workloads to measure: for commands with spaces, shapes of each model, and formulas. */
export const workloads = z.strictObject({
  kind: z.literal("workloads"),
  version: z.literal(1),
  made: made.optional().describe("absent when a user wrote the file by hand"),
  workloads: z.array(workloadEntry).min(1).readonly(),
});
export type Workloads = Readonly<z.infer<typeof workloads>>;
