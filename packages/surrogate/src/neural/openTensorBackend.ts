import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { InputError } from "@partitune/schema";
import { keepListeners } from "./keepListeners.ts";
import { type TensorBackend, type TensorBackendName, type TensorFlow, withBackend } from "./tensorBackend.ts";

/** How to find TensorFlow.js. */
export interface OpenTensorBackendOptions {
  /** The backend to open; by default native TensorFlow where it is installed and works, else WebAssembly. */
  readonly backend?: TensorBackendName;
  /** Imports a package by its name; by default `import()`. */
  readonly importPackage?: ImportPackage;
}

/** Resolves with the package's exports, or rejects as `import()` does. */
export type ImportPackage = (name: string) => Promise<unknown>;

interface Candidate {
  readonly name: TensorBackendName;
  /** The package that brings it. */
  readonly from: string;
  readonly label: string;
  /** Whether users add it themselves: its absence is then no news. */
  readonly optional: boolean;
  readonly load: (importPackage: ImportPackage) => Promise<TensorFlow>;
}

const candidates: readonly Candidate[] = [
  native("@tensorflow/tfjs-node-gpu", "native TensorFlow with a GPU"),
  native("@tensorflow/tfjs-node", "native TensorFlow"),
  { name: "wasm", from: "@tensorflow/tfjs-backend-wasm", label: "WebAssembly", optional: false, load: loadWasm },
  { name: "cpu", from: "@tensorflow/tfjs-backend-cpu", label: "plain JavaScript", optional: false, load: loadCpu },
];

/**
 * Loads TensorFlow.js, only when called, and takes its first backend that works: native TensorFlow where one of the optional packages
 * `@tensorflow/tfjs-node-gpu` and `@tensorflow/tfjs-node` is installed, else the embedded WebAssembly backend on one thread, else plain JavaScript.
 *
 * A package that is installed but does not load, or computes wrongly, is passed over, and `summary` says so. Nothing is downloaded.
 *
 * @throws InputError when no backend works, or the one asked for
 * @example const backend = await openTensorBackend(); const learn = neuralLearner(backend, improvedNetwork);
 */
export function openTensorBackend(options: OpenTensorBackendOptions = {}): Promise<TensorBackend> {
  const opened = lastOpening.then(() => open(options));
  lastOpening = opened.catch(() => undefined);
  return opened;
}

/** TensorFlow.js starts one backend at a time: of two started together, the first would be given up. */
let lastOpening: Promise<unknown> = Promise.resolve();

async function open(options: OpenTensorBackendOptions): Promise<TensorBackend> {
  const { backend, importPackage = (name) => import(name) } = options;
  const failures: Failure[] = [];
  for (const candidate of candidates.filter(({ name }) => backend === undefined || name === backend)) {
    const attempt = await tryToOpen(candidate, importPackage);
    if ("tf" in attempt) {
      return { name: candidate.name, tf: attempt.tf, summary: summarise(candidate, attempt.tf, failures) };
    }
    failures.push(attempt);
  }
  throw new InputError({
    what: "TensorFlow.js",
    problem: `cannot be used: ${failures.map(({ complaint }) => complaint).join("; ")}`,
    advice:
      backend === "tensorflow"
        ? "install @tensorflow/tfjs-node, or leave the choice of the backend open"
        : "install the dependencies again",
  });
}

interface Failure {
  readonly complaint: string;
  /** The user never added this optional package: no news. */
  readonly expected: boolean;
}

async function tryToOpen(
  { name, from, optional, load }: Candidate,
  importPackage: ImportPackage,
): Promise<{ readonly tf: TensorFlow } | Failure> {
  try {
    const tf = await load(importPackage);
    if (!(await tf.setBackend(name))) throw new Error(`its backend "${name}" does not start`);
    checkArithmetic({ tf, name });
    return { tf };
  } catch (error) {
    const absent = isAbsent(error, from);
    const complaint = absent
      ? `${from} is not installed`
      : `${from} is installed but does not work (${firstLine(error)})`;
    return { complaint, expected: absent && optional };
  }
}

/** The operations of a training step on small numbers: a library may load and yet be broken, as under a Node.js it was not built for. */
function checkArithmetic({ tf, name }: Omit<TensorBackend, "summary">): void {
  const sums = withBackend({ tf, name }, () => {
    const a = tf.tensor2d([1, 2, 3, -4], [2, 2]);
    const b = tf.concat([tf.transpose(a), tf.ones([2, 1])], 1);
    const c = tf.mul(tf.relu(tf.matMul(a, b)), tf.step(tf.sqrt(tf.square(b))));
    return Array.from(tf.sum(tf.div(tf.sub(c, 1), 2), 0).dataSync());
  });
  if (sums.join() !== "1.5,11.5,0.5") throw new Error(`it computes ${sums.join(", ")} instead of 1.5, 11.5, 0.5`);
}

function summarise({ label }: Candidate, tf: TensorFlow, failures: readonly Failure[]): string {
  const used = `Neural networks run on ${label} (TensorFlow.js ${tf.version_core})`;
  const news = failures.filter(({ expected }) => !expected).map(({ complaint }) => complaint);
  return news.length === 0 ? `${used}.` : `${used}, as ${news.join(" and ")}.`;
}

function native(from: string, label: string): Candidate {
  const load = async (importPackage: ImportPackage) => (await importPackage(from)) as TensorFlow;
  return { name: "tensorflow", from, label, optional: true, load };
}

/** The backend has no threads in Node.js. Its .wasm files lie in its package, and are read from there. */
async function loadWasm(importPackage: ImportPackage): Promise<TensorFlow> {
  const tf = await loadCore(importPackage);
  const { setWasmPaths } = (await importPackage(
    "@tensorflow/tfjs-backend-wasm",
  )) as typeof import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(dirname(entry) + sep);
  await keepListeners(["uncaughtException", "unhandledRejection"], () => tf.setBackend("wasm"));
  return tf;
}

async function loadCpu(importPackage: ImportPackage): Promise<TensorFlow> {
  const tf = await loadCore(importPackage);
  await importPackage("@tensorflow/tfjs-backend-cpu");
  return tf;
}

/** In production mode TensorFlow.js neither checks shapes at every step nor recommends other packages on the terminal. */
async function loadCore(importPackage: ImportPackage): Promise<TensorFlow> {
  const tf = (await importPackage("@tensorflow/tfjs-core")) as TensorFlow;
  tf.enableProdMode();
  return tf;
}

function isAbsent(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && String(message).includes(`'${name}'`);
}

function firstLine(error: unknown): string {
  const message =
    error instanceof Error ? error.message : ((error as { readonly message?: unknown } | null)?.message ?? error);
  return String(message).trim().split("\n")[0]!.trim().replace(/\.$/, "");
}
