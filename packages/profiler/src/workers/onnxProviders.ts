import { InputError } from "@partitune/schema";

/** What of ONNX Runtime can run a network, and what it takes where it does not load. */
export const onnxProviders = {
  cpu: "install onnxruntime-node again",
  cuda: "install CUDA 12 and cuDNN 9, and fetch the provider's libraries by running onnxruntime-node's script/install.js with ONNXRUNTIME_NODE_INSTALL=cuda12",
  tensorrt:
    "install CUDA 12, cuDNN 9 and TensorRT 10, and fetch the provider's libraries by running onnxruntime-node's script/install.js with ONNXRUNTIME_NODE_INSTALL=cuda12",
  webgpu: "install a Vulkan driver of the GPU and the loader libvulkan.so.1",
} as const;
export type OnnxProvider = keyof typeof onnxProviders;

/**
 * A provider by its name.
 *
 * @throws InputError when there is none of that name
 */
export function parseProvider(text: string): OnnxProvider {
  if (Object.hasOwn(onnxProviders, text)) return text as OnnxProvider;
  throw new InputError({
    what: `option --provider "${text}"`,
    problem: "is none that ONNX Runtime has",
    advice: `choose one of ${Object.keys(onnxProviders).join(", ")}`,
  });
}

/** Words by which ONNX Runtime says that it is the provider that does not load, and not the network. */
const providerWords = /AppendExecutionProvider|Failed to load (?:shared )?library|WebGPU adapter|backend not found/i;

/** The error of a provider that does not load; undefined when the message speaks of something else. */
export function providerError(provider: OnnxProvider, message: string): InputError | undefined {
  if (provider === "cpu" || !providerWords.test(message)) return undefined;
  return new InputError({
    what: `ONNX Runtime's provider "${provider}"`,
    problem: `does not load (${message.slice(-200)})`,
    advice: onnxProviders[provider],
  });
}
