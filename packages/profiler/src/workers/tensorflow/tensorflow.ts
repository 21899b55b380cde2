type Core = typeof import("@tensorflow/tfjs-core");
type Layers = typeof import("@tensorflow/tfjs-layers");
type Converter = typeof import("@tensorflow/tfjs-converter");

/** What the worker uses of TensorFlow.js, wherever it runs. */
export type TensorFlow = Core &
  Pick<Layers, "initializers" | "input" | "layers" | "loadLayersModel" | "model"> &
  Pick<Converter, "loadGraphModel"> & {
    /** Of the native packages alone. */
    readonly node?: SavedModels;
    readonly version?: Readonly<Record<string, string>>;
  };

export type Tensor = import("@tensorflow/tfjs-core").Tensor;

/** What only native TensorFlow has: models as TensorFlow itself saves them. */
export interface SavedModels {
  getMetaGraphsFromSavedModel(folder: string): Promise<readonly MetaGraph[]>;
  loadSavedModel(folder: string, tags: readonly string[], signature: string): Promise<SavedModel>;
}

/** One graph of a SavedModel, its purpose by tags, and its functions by name. */
export interface MetaGraph {
  readonly tags: readonly string[];
  readonly signatureDefs: Readonly<Record<string, Signature>>;
}

export interface Signature {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
}

/** An input as the file describes it: its dimensions are messages of the file's format. */
interface TensorInfo {
  readonly dtype: string;
  readonly shape: readonly { getSize(): number }[];
}

export interface SavedModel {
  predict(inputs: Readonly<Record<string, Tensor>>): Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
}
