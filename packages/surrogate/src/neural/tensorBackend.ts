/** The operations of TensorFlow.js, whichever package brings them. */
export type TensorFlow = typeof import("@tensorflow/tfjs-core");

/** Where tensors are computed: native TensorFlow, WebAssembly, or plain JavaScript. */
export type TensorBackendName = "tensorflow" | "wasm" | "cpu";

/** TensorFlow.js, loaded and tried. Training on it is synchronous. */
export interface TensorBackend {
  readonly name: TensorBackendName;
  /** One sentence for the user: which backend is in use, and what became of a faster one that is installed. */
  readonly summary: string;
  readonly tf: TensorFlow;
}

/**
 * Runs work on a backend and frees every tensor that it leaves behind, also when it throws.
 *
 * All copies of TensorFlow.js in a process share one engine with one active backend, so it is chosen anew for every work; once a backend is
 * loaded, choosing it takes effect at once.
 */
export function withBackend<T>({ tf, name }: Omit<TensorBackend, "summary">, work: () => T): T {
  void tf.setBackend(name);
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}
