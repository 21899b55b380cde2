import { format } from "node:util";
import { WorkerError } from "../workerError.ts";

type Core = typeof import("@tensorflow/tfjs-core");

/** Runs work on a backend, and puts what goes wrong in it into words. */
export type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** What is used of the backend's module. */
interface WasmModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly HEAPU8: Uint8Array;
}

const addressable = 2 ** 32;
/** Memory grows by a fifth at a time: the next piece may be refused when this much of what can be addressed is in use. */
const nearlyFull = 0.8 * addressable;

/**
 * Starts the WebAssembly backend of TensorFlow.js.
 *
 * It does not say by itself that its memory is full, all that 32 bits can address: it writes to address 0, which it is given in place of
 * memory, it leaves an operation out with a note on the console, or it stops for good. The guard makes an error of each.
 *
 * The listeners by which it would end the whole process after any error are taken away.
 *
 * @throws Error when it does not start
 */
export async function startWasm(tf: Core): Promise<Guard> {
  const notes: string[] = [];
  const started = await keepListeners(() => hearNotes(notes, () => tf.setBackend("wasm")));
  if (!started) throw new Error("the WebAssembly backend of TensorFlow.js does not start");
  const { wasm } = tf.backend() as unknown as { readonly wasm: WasmModule };
  wasm._free(wasm._malloc(1)); // the function that is there at first puts another in its own place
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Of a larger number only the lower 32 bits would arrive.
    const address = bytes < addressable ? allocate(bytes) : 0;
    if (address === 0 && bytes > 0) throw outOfMemory(`${bytes} bytes more were refused`);
    return address;
  };
  return async (work) => {
    notes.length = 0;
    const done = await work().catch((error) => {
      throw explain(wasm, error);
    });
    const skipped = notes.find((note) => /XNN status/.test(note));
    if (skipped === undefined) return done;
    throw isNearlyFull(wasm) ? outOfMemory(skipped.trim()) : new WorkerError("failed", skipped.trim());
  };
}

function explain(wasm: WasmModule, error: unknown): unknown {
  const inside = error instanceof Error && error.name === "RuntimeError";
  return inside && isNearlyFull(wasm) ? outOfMemory(error.message) : error;
}

function isNearlyFull({ HEAPU8 }: WasmModule): boolean {
  return HEAPU8.byteLength > nearlyFull;
}

function outOfMemory(words: string): WorkerError {
  return new WorkerError(
    "out-of-memory",
    `this batch does not fit into the 4 GiB of memory that WebAssembly has (${words.replace(/\.$/, "")})`,
  );
}

/** The backend keeps hold of the function that it is to write its notes with. */
async function hearNotes<T>(notes: string[], work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = (...words) => {
    notes.push(format(...words));
    warn.apply(console, words);
  };
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

type Listener = (...values: unknown[]) => void;

async function keepListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = new Map(events.map((event) => [event, new Set(process.rawListeners(event))]));
  try {
    return await work();
  } finally {
    for (const [event, known] of before) {
      const added = process.rawListeners(event).filter((listener) => !known.has(listener));
      for (const listener of added) process.removeListener(event, listener as Listener);
    }
  }
}
