import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type ImportPackage, openTensorBackend } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { type TensorFlow, withBackend } from "../../../packages/surrogate/src/neural/tensorBackend.ts";
import { root } from "../../readSources.ts";

const { resolve } = createRequire(join(root, "packages/surrogate/package.json"));
const load: ImportPackage = (name) => import(resolve(name));

/** An import in which the native packages are what the test says, and absent otherwise. */
function importWith(natives: Readonly<Record<string, () => unknown>>): ImportPackage {
  return async (name) => {
    if (!name.startsWith("@tensorflow/tfjs-node")) return load(name);
    const native = natives[name];
    if (native !== undefined) return native();
    throw Object.assign(new Error(`Cannot find package '${name}' imported from somewhere`), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  };
}

type Core = TensorFlow;

/** A stand-in for the native package: a backend called "tensorflow" with the kernels of the plain one, some of them replaced. */
async function nativeStandIn(replaced: Readonly<Record<string, "relu-forgets">> = {}): Promise<Core> {
  const { tf } = await openTensorBackend({ backend: "cpu" });
  const { MathBackendCPU } = (await load("@tensorflow/tfjs-backend-cpu")) as {
    readonly MathBackendCPU: new () => InstanceType<Core["KernelBackend"]>;
  };
  if (tf.findBackendFactory("tensorflow") !== null) tf.removeBackend("tensorflow");
  tf.registerBackend("tensorflow", () => new MathBackendCPU());
  const kernels = tf.getKernelsForBackend("cpu");
  const identity = kernels.find(({ kernelName }) => kernelName === "Identity")!;
  for (const kernel of kernels) {
    if (tf.getKernel(kernel.kernelName, "tensorflow") !== undefined)
      tf.unregisterKernel(kernel.kernelName, "tensorflow");
    const { kernelFunc } = replaced[kernel.kernelName] === undefined ? kernel : identity;
    tf.registerKernel({ ...kernel, kernelFunc, backendName: "tensorflow" });
  }
  return tf;
}

describe("openTensorBackend", () => {
  it("runs on WebAssembly where no native package is installed, and does not mention what nobody installed", async () => {
    const { name, summary, tf } = await openTensorBackend({ importPackage: importWith({}) });
    expect(name).toBe("wasm");
    expect(summary).toBe(`Neural networks run on WebAssembly (TensorFlow.js ${tf.version_core}).`);
    expect(tf.getBackend()).toBe("wasm");
  });

  it("computes on plain JavaScript when asked to", async () => {
    const { name, tf } = await openTensorBackend({ backend: "cpu" });
    expect(name).toBe("cpu");
    expect(tf.getBackend()).toBe("cpu");
  });

  it.each([
    ["@tensorflow/tfjs-node-gpu", "native TensorFlow with a GPU"],
    ["@tensorflow/tfjs-node", "native TensorFlow"],
  ])("prefers %s where it works", async (from, label) => {
    const tf = await nativeStandIn();
    const backend = await openTensorBackend({ importPackage: importWith({ [from]: () => tf }) });
    expect(backend.name).toBe("tensorflow");
    expect(backend.summary).toBe(`Neural networks run on ${label} (TensorFlow.js ${tf.version_core}).`);
  });

  it("says why it passes over a native package whose library cannot be loaded", async () => {
    const broken = () => {
      throw new Error("libcudart.so.11.0: cannot open shared object file: No such file or directory\n  at somewhere");
    };
    const { name, summary } = await openTensorBackend({
      importPackage: importWith({ "@tensorflow/tfjs-node-gpu": broken }),
    });
    expect(name).toBe("wasm");
    expect(summary).toMatch(
      /WebAssembly.*, as @tensorflow\/tfjs-node-gpu is installed but does not work \(libcudart\.so\.11\.0: cannot open shared object file: No such file or directory\)\.$/,
    );
  });

  it("tells a native package that lacks a file of its own from one that is not installed", async () => {
    const incomplete = () => {
      throw Object.assign(new Error("Cannot find module './tfjs_binding.node'"), { code: "MODULE_NOT_FOUND" });
    };
    const { summary } = await openTensorBackend({ importPackage: importWith({ "@tensorflow/tfjs-node": incomplete }) });
    expect(summary).toContain("tfjs-node is installed but does not work (Cannot find module './tfjs_binding.node')");
  });

  it("passes over a native package that computes wrongly", async () => {
    const tf = await nativeStandIn({ Relu: "relu-forgets" });
    const { name, summary } = await openTensorBackend({
      importPackage: importWith({ "@tensorflow/tfjs-node": () => tf }),
    });
    expect(name).toBe("wasm");
    expect(summary).toContain("(it computes -1, 9, 0 instead of 1.5, 11.5, 0.5)");
  });

  it("passes over a native package without a backend, and one that exports nothing", async () => {
    const { tf } = await openTensorBackend({ backend: "cpu" });
    if (tf.findBackendFactory("tensorflow") !== null) tf.removeBackend("tensorflow");
    const natives = { "@tensorflow/tfjs-node-gpu": () => tf, "@tensorflow/tfjs-node": () => ({}) };
    const { name, summary } = await openTensorBackend({ importPackage: importWith(natives) });
    expect(name).toBe("wasm");
    expect(summary).toMatch(
      /tfjs-node-gpu is installed but does not work \(.+\) and @tensorflow\/tfjs-node is installed/,
    );
  });

  it("refuses a native backend that is not there, and says what to install", async () => {
    const opening = openTensorBackend({ backend: "tensorflow", importPackage: importWith({}) });
    await expect(opening).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(
        /tfjs-node-gpu is not installed; @tensorflow\/tfjs-node is not installed; install/,
      ),
    });
  });

  it("falls back to plain JavaScript where WebAssembly cannot be loaded, and says so", async () => {
    const importPackage: ImportPackage = async (name) => {
      if (name.endsWith("wasm")) throw new Error("no WebAssembly here");
      return importWith({})(name);
    };
    const { name, summary } = await openTensorBackend({ importPackage });
    expect(name).toBe("cpu");
    expect(summary).toContain("backend-wasm is installed but does not work (no WebAssembly here)");
  });

  it("may be called several times at once", async () => {
    const backends = ["wasm", "cpu", "wasm"] as const;
    const opened = await Promise.all(backends.map((backend) => openTensorBackend({ backend })));
    const products = opened.map((backend) =>
      withBackend(backend, () => {
        expect(backend.tf.getBackend()).toBe(backend.name);
        return backend.tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
      }),
    );
    expect(products).toEqual([11, 11, 11]);
  });

  it("leaves no tensors behind", async () => {
    const { tf } = await openTensorBackend({ backend: "wasm" });
    const before = tf.memory().numTensors;
    await openTensorBackend({ backend: "wasm" });
    await openTensorBackend({ backend: "cpu" });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("withBackend", () => {
  it("frees the tensors of work that throws", async () => {
    const backend = await openTensorBackend({ backend: "cpu" });
    const before = backend.tf.memory().numTensors;
    const failing = () =>
      withBackend(backend, () => {
        backend.tf.ones([3]);
        throw new Error("in the middle");
      });
    expect(failing).toThrow("in the middle");
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

describe("TensorFlow.js", () => {
  const index = join(root, "packages/surrogate/src/index.ts");
  const open = `(await import(${JSON.stringify(index)})).openTensorBackend({ backend: "wasm" })`;

  /** What a process of its own prints last: whether TensorFlow.js was loaded, and its handlers of last resort. */
  function probe(...args: readonly string[]): { readonly loaded: boolean; readonly handlers: number } {
    const report = `process.on("exit", () => console.log(JSON.stringify({ loaded: "_tfGlobals" in globalThis,
      handlers: process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection") })))`;
    const output = execFileSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(report)}`, ...args],
      { cwd: root, encoding: "utf8" },
    );
    return JSON.parse(output.trim().split("\n").at(-1)!);
  }

  it("is not loaded by the package alone, nor by the command line's help", () => {
    const importOnly = probe("--input-type=module", "--eval", `await import(${JSON.stringify(index)})`);
    const help = probe(join(root, "packages/cli/src/main.ts"), "--help");
    expect([importOnly.loaded, help.loaded]).toEqual([false, false]);
  });

  it("is loaded by opening it, prints nothing, and does not decide how the process ends", () => {
    expect(probe("--input-type=module", "--eval", `await ${open}`)).toEqual({ loaded: true, handlers: 0 });
  });
});
