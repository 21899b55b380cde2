import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError, type KernelIdentity } from "@partitune/schema";
import * as onnx from "onnxruntime-node";
import { openOnnxModel } from "../workers/openOnnxModel.ts";
import type { Shapes } from "../workers/parseShapes.ts";
import { buildZooModel, isZooSpec } from "../zoo/index.ts";
import { encodePiece } from "./encodePiece.ts";
import { largestDifference } from "./largestDifference.ts";
import type { OverlapTask, RunOperator } from "./overlapTask.ts";
import { type Network, readNetwork } from "./readNetwork.ts";
import { type NetworkPiece, splitNetwork } from "./splitNetwork.ts";

/** A network and how it is cut. */
export interface OperatorChainOptions {
  /** Path of an .onnx file, or a network of the zoo. */
  readonly model: string;
  /** By default the model's. */
  readonly name?: string;
  readonly batch: number;
  /** Operators that run as one, at least 1; by default 1. */
  readonly pieceLength?: number;
  /** Sizes that the model leaves open. */
  readonly shapes?: Shapes;
  /** Fixes the input data. */
  readonly seed: string;
  /** Folder of built networks; the zoo's default when absent. */
  readonly zooFolder?: string;
}

/** A network that runs operator by operator on one thread of the processor. */
export interface OperatorChain extends OverlapTask {
  /**
   * The largest difference between its outputs and those of the whole network, relative to the largest output. The engine joins operators
   * of a whole network, so that roundings differ.
   */
  readonly difference: number;
  close(): Promise<void>;
}

interface Piece extends NetworkPiece {
  readonly session: onnx.InferenceSession;
  readonly identity: KernelIdentity;
}

/** Greater differences than by the order of roundings. */
const tolerance = 1e-3;

type Values = Map<string, onnx.Tensor>;
type Feeds = Readonly<Record<string, onnx.Tensor>>;

/**
 * Opens a network as a chain of models of a few operators each, which hand on tensors. Operators that an engine joins when it runs the
 * whole network stay apart, so the chain takes longer than the network.
 *
 * @throws InputError when the file is no model, cannot be cut, or computes something else when it is
 */
export async function openOperatorChain(options: OperatorChainOptions): Promise<OperatorChain> {
  const { model, name = model, batch, pieceLength = 1, shapes = {}, seed, zooFolder } = options;
  checkWhole("batch", batch);
  checkWhole("operators of a piece", pieceLength);
  const whole = await openOnnxModel({
    model,
    threads: 1,
    shapes,
    seed,
    ...(zooFolder === undefined ? {} : { zooFolder }),
  });
  const path = isZooSpec(model) ? await buildZooModel(model, zooFolder) : model;
  const network = await understand(model, async () => readNetwork(await readFile(path)));
  const split = splitNetwork(network, pieceLength, model);
  const feeds = whole.feeds(batch);
  const pieces = await openPieces(model, network, split, feeds, dirname(path));
  const values = await runAll(pieces, feeds);
  const difference = compareOutputs(model, await whole.infer(batch), network.outputs, values);
  const names = [...new Set(pieces.map(({ identity }) => identity.name))];
  return {
    name,
    identities: names.map((each) => ({ name: each, grid: null, block: null })),
    rows: pieces.map(({ identity }) => names.indexOf(identity.name)),
    begin: () => beginChain(pieces, feeds),
    difference,
    close: async () => {
      for (const { session } of pieces) await session.release();
    },
  };
}

/** Each piece is opened when its inputs have been computed by the ones before, since only then are their types known. */
async function openPieces(
  model: string,
  network: Network,
  split: readonly NetworkPiece[],
  feeds: Feeds,
  folder: string,
): Promise<readonly Piece[]> {
  const values: Values = new Map(Object.entries(feeds));
  const pieces: Piece[] = [];
  for (const piece of split) {
    await understand(model, async () => {
      const types = new Map(
        piece.inputs.map((name) => [name, { type: values.get(name)!.type, dimensions: values.get(name)!.dims }]),
      );
      const session = await onnx.InferenceSession.create(encodePiece(network, piece, types), sessionOptions(folder));
      pieces.push({ ...piece, session, identity: identify(network, piece, values) });
      await runPiece(pieces.at(-1)!, values);
    });
  }
  return pieces;
}

function sessionOptions(folder: string): onnx.InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: folder } },
  };
}

/** Its operators, and the sizes of all they read: what stands for the launch geometry of a kernel. Vectors are left out. */
function identify(network: Network, piece: NetworkPiece, values: Values): KernelIdentity {
  const read = piece.inputs.map((name) => values.get(name)!.dims);
  const stored = piece.tensors.map((name) => network.tensors.get(name)!.dimensions).filter(({ length }) => length > 1);
  const operators = piece.nodes.map(({ operator }) => operator).join("+");
  const sizes = [...read, ...stored].map((dimensions) => (dimensions.length === 0 ? "scalar" : dimensions.join("x")));
  return { name: [operators, ...sizes].join(" "), grid: null, block: null };
}

async function runPiece({ session, inputs, lastUsed }: Piece, values: Values): Promise<void> {
  const results = await session.run(Object.fromEntries(inputs.map((name) => [name, values.get(name)!])));
  for (const name of lastUsed) values.delete(name);
  for (const [name, value] of Object.entries(results)) values.set(name, value);
}

function beginChain(pieces: readonly Piece[], feeds: Feeds): RunOperator {
  const values: Values = new Map();
  return async (row) => {
    if (row === 0) for (const [name, value] of Object.entries(feeds)) values.set(name, value);
    await runPiece(pieces[row]!, values);
  };
}

async function runAll(pieces: readonly Piece[], feeds: Feeds): Promise<Values> {
  const values: Values = new Map(Object.entries(feeds));
  for (const piece of pieces) await runPiece(piece, values);
  return values;
}

/** How far outputs of the chain are from those of the whole network. */
function compareOutputs(
  model: string,
  expected: onnx.InferenceSession.ReturnType,
  outputs: readonly string[],
  values: Values,
): number {
  const differences = outputs.map((name) => largestDifference(values.get(name)!, expected[name]!));
  const difference = Math.max(...differences);
  if (difference <= tolerance) return difference;
  throw new InputError({
    what: `model "${model}"`,
    problem: `computes something else operator by operator: outputs differ by ${difference} of the largest`,
    advice: "choose a network whose operators draw no random numbers",
  });
}

/** Runs what fails when a file is not what it should be. */
async function understand<T>(model: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({
      what: `model "${model}"`,
      problem: `cannot be run operator by operator (${error instanceof Error ? error.message : String(error)})`,
      advice: "export it again, with tensors alone as inputs and outputs of its operators",
    });
  }
}

function checkWhole(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InputError({ what, problem: `is ${value}`, advice: "give a whole number of at least 1" });
}
