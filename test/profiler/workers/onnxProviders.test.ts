import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { providerError } from "../../../packages/profiler/src/workers/onnxProviders.ts";
import { buildZooModel } from "../../../packages/profiler/src/zoo/index.ts";

const program = fileURLToPath(new URL("../../../packages/profiler/src/workers/onnxWorker.ts", import.meta.url));

/** A GPU in software: the Vulkan driver that Chromium brings. */
const chromium = "/usr/lib/chromium";
const softwareGpu = {
  LD_LIBRARY_PATH: chromium,
  VK_ICD_FILENAMES: join(chromium, "vk_swiftshader_icd.json"),
  XDG_RUNTIME_DIR: tmpdir(),
};
const noSoftwareGpu = !["libvk_swiftshader.so", "libvulkan.so.1"].every((file) => existsSync(join(chromium, file)));
const noCuda = spawnSync("ldconfig", ["-p"], { encoding: "utf8" }).stdout?.includes("libcuda.so") !== true;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "partitune-provider-"));
  await buildZooModel("zoo:tiny", folder);
});
afterAll(() => rm(folder, { recursive: true }));

const argv = (provider: string) => [
  process.execPath,
  program,
  "--model=zoo:tiny",
  `--zoo=${folder}`,
  `--provider=${provider}`,
];

test.skipIf(noSoftwareGpu)(
  "a network runs on the provider webgpu, here on a GPU in software (skipped without Chromium's Vulkan driver)",
  async () => {
    const worker = await startWorker({ argv: argv("webgpu"), environment: softwareGpu });
    try {
      expect(worker.ready.engine).toMatch(/^onnxruntime \d\S* webgpu$/);
      for (const batch of [1, 3]) {
        const { start, end, service } = await worker.run(batch, 60);
        expect(service).toBeGreaterThan(0);
        expect(service).toBeLessThan(end - start);
      }
    } finally {
      await worker.close();
    }
  },
  60_000,
);

describe("a provider that does not load", () => {
  test("webgpu without a driver is said in one line, with what to install", async () => {
    const environment = {
      LD_LIBRARY_PATH: "",
      VK_ICD_FILENAMES: "/nonexistent.json",
      VK_DRIVER_FILES: "/nonexistent.json",
    };
    await expect(startWorker({ argv: argv("webgpu"), environment })).rejects.toThrow(
      /^ONNX Runtime's provider "webgpu" does not load \(.*\); install a Vulkan driver/,
    );
  });

  test.runIf(noCuda).each(["cuda", "tensorrt"])(
    "%s without CUDA is said so (skipped where there is CUDA)",
    async (provider) => {
      await expect(startWorker({ argv: argv(provider) })).rejects.toThrow(
        new RegExp(`^ONNX Runtime's provider "${provider}" does not load \\(.*\\); install CUDA 12`),
      );
    },
  );
});

test("a broken network is not blamed on the provider", () => {
  expect(providerError("cuda", "Protobuf parsing failed.")).toBeUndefined();
  expect(providerError("cpu", "Failed to load library libx.so")).toBeUndefined();
});
