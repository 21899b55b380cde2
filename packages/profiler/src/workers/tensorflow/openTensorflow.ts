import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import util from "node:util";
import type { TensorflowOptions } from "./parseTensorflowOptions.ts";
import { type Guard, startWasm } from "./startWasm.ts";
import type { TensorFlow } from "./tensorflow.ts";
import { registerWasmGradients } from "./wasmGradients.ts";

/** TensorFlow.js on the best backend there is. */
export interface OpenTensorflow {
  readonly tf: TensorFlow;
  /** Package, versions and device, for the record. */
  readonly name: string;
  /** What it really runs on. */
  readonly device: "cpu" | "cuda";
  /** One line: which backend runs, and why no better one. */
  readonly summary: string;
  /** Batches are prepared and run inside of it. */
  readonly guard: Guard;
}

type Asked = Pick<TensorflowOptions, "device" | "threads">;

/** What native TensorFlow says of itself. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

const gpuPackage = "@tensorflow/tfjs-node-gpu";
const cpuPackage = "@tensorflow/tfjs-node";

/**
 * Loads TensorFlow.js with the first backend that works: the native ones, where the user has installed them, then WebAssembly.
 * Native packages are looked for from the current directory, then from partitune's own, then in NODE_PATH.
 *
 * For `cuda` they are `@tensorflow/tfjs-node-gpu`, then `@tensorflow/tfjs-node`. A native package that finds no card computes on the
 * processor without a word; `device` tells. For `cpu` cards are hidden, and `@tensorflow/tfjs-node` comes first.
 *
 * @param from  files from whose folders native packages are looked for, in order
 */
export async function openTensorflow(asked: Asked, from: readonly string[] = searchedFrom()): Promise<OpenTensorflow> {
  setEnvironment(asked);
  const complaints: string[] = [];
  for (const name of asked.device === "cuda" ? [gpuPackage, cpuPackage] : [cpuPackage, gpuPackage]) {
    const loaded = loadNative(name, from);
    if (typeof loaded !== "string") return describeNative(loaded, name, asked, complaints);
    if (name === cpuPackage || asked.device === "cuda") complaints.push(loaded);
  }
  return openWasm(asked, complaints);
}

function searchedFrom(): readonly string[] {
  return [join(process.cwd(), "package.json"), import.meta.url];
}

/** TensorFlow's library reads these when it is loaded, and the second one's default takes all of a card's memory. */
function setEnvironment({ device, threads }: Asked): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = "1";
  if (device === "cpu") process.env.CUDA_VISIBLE_DEVICES = "-1";
}

/** The package, or why it cannot be used. */
function loadNative(name: string, from: readonly string[]): TensorFlow | string {
  const found = from.map((file) => resolveFrom(file, name)).find((path) => path !== undefined);
  if (found === undefined) return `${name} is not installed`;
  try {
    restoreOldHelpers();
    const tf = createRequire(found)(found) as TensorFlow;
    tf.enableProdMode();
    const [sum] = tf.tidy(() => tf.sum(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]))).dataSync());
    return sum === 12 ? tf : `${name} is installed but computes ${sum} instead of 12`;
  } catch (error) {
    return `${name} is installed but does not load (${firstLine(error)})`;
  }
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}

/** TensorFlow.js 4.22.0 calls functions that Node.js 22 warns of and that Node.js 23 no longer has. */
function restoreOldHelpers(): void {
  const helpers = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  helpers.isNullOrUndefined = (value) => value === null || value === undefined;
  helpers.isArray = Array.isArray;
}

function describeNative(tf: TensorFlow, name: string, asked: Asked, complaints: readonly string[]): OpenTensorflow {
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as NativeBackend;
  const device = isUsingGpuDevice && asked.device === "cuda" ? "cuda" : "cpu";
  const noCard = device === asked.device ? [] : [`${name} finds no GPU that it can use`];
  const version = tf.version?.["tfjs-node"] ?? tf.version_core;
  return describe(tf, `${shortName(name)} ${version}, TensorFlow ${binding.TF_Version}`, device, asked, [
    ...complaints,
    ...noCard,
  ]);
}

/** The embedded backend; it has no threads in Node.js. Its .wasm files lie in its package, and are read from there. */
async function openWasm(asked: Asked, complaints: readonly string[]): Promise<OpenTensorflow> {
  const require = createRequire(import.meta.url);
  const core = require("@tensorflow/tfjs-core") as typeof import("@tensorflow/tfjs-core");
  core.enableProdMode();
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  const guard = await startWasm(core);
  registerWasmGradients(core);
  const { initializers, input, layers, loadLayersModel, model } =
    require("@tensorflow/tfjs-layers") as typeof import("@tensorflow/tfjs-layers");
  const { loadGraphModel } = require("@tensorflow/tfjs-converter") as typeof import("@tensorflow/tfjs-converter");
  const tf = { ...core, initializers, input, layers, loadLayersModel, loadGraphModel, model } as TensorFlow;
  const simd = core.env().getBool("WASM_HAS_SIMD_SUPPORT") ? "with" : "without";
  const name = `tfjs ${core.version_core}, WebAssembly ${simd} SIMD, 1 thread`;
  return { ...describe(tf, name, "cpu", asked, complaints), guard };
}

function describe(
  tf: TensorFlow,
  name: string,
  device: "cpu" | "cuda",
  asked: Asked,
  complaints: readonly string[],
): OpenTensorflow {
  const fallen = device !== asked.device;
  const placed = `${name}, on ${device === "cuda" ? "a GPU" : "the processor"}${fallen ? " instead of a GPU" : ""}`;
  const why = complaints.length === 0 ? "" : `, as ${complaints.join(" and ")}`;
  return { tf, device, guard: (work) => work(), name: placed, summary: `TensorFlow runs by ${placed}${why}` };
}

function shortName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!.trim().replace(/\.$/, "");
}
