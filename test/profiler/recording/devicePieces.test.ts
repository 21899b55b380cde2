import { type Executor, executors, syntheticA100, thisMachine } from "@partitune/profiler";
import { type Device, formatPartition, InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { choosePieces } from "../../../packages/profiler/src/recording/choosePieces.ts";
import { devicePieces } from "../../../packages/profiler/src/recording/devicePieces.ts";
import { kernelTraceFile } from "../../../packages/profiler/src/recording/kernelTraceFile.ts";

const sizes = [0.5, 0.25, 0.125] as const;
const textsOf = (...asked: Parameters<typeof devicePieces>) => devicePieces(...asked).map(formatPartition);

describe("pieces of a device", () => {
  test("have sizes that the scheme allows", () => {
    expect(textsOf(syntheticA100, sizes, "green-context")).toEqual([
      "green-context:54",
      "green-context:26",
      "green-context:12",
    ]);
    expect(textsOf(syntheticA100, sizes, "mps-share")).toEqual(["mps-share:0.5", "mps-share:0.25", "mps-share:0.12"]);
  });

  test("that are too small for the scheme, or come to the same, are left out", () => {
    const coarse = {
      ...syntheticA100,
      partitionSchemes: [{ kind: "green-context" as const, leastMultiprocessors: 32, stepMultiprocessors: 32 }],
    };
    expect(textsOf(coarse, [0.5, 0.45, 0.25], "green-context")).toEqual(["green-context:32"]);
  });

  test("of a kind that the device has not are none", () => {
    expect(devicePieces(syntheticA100, sizes, "cpu-share")).toEqual([]);
  });

  test("of a processor are shares", () => {
    const processor = {
      ...syntheticA100,
      cores: thisMachine().cores,
      partitionSchemes: [{ kind: "cpu-share" as const, granularity: 0.001, total: 1 }],
    };
    expect(textsOf(processor, sizes, "cpu-share")).toEqual(["cpu-share:0.5", "cpu-share:0.25", "cpu-share:0.125"]);
  });
});

describe("the way a recording divides a device", () => {
  const executor = executors["synthetic-a100"]({});
  const admitting = (kinds: readonly string[]): Executor => ({
    ...executor,
    async admit({ kind }) {
      if (kinds.includes(kind)) return;
      throw new InputError({ what: `partition of kind ${kind}`, problem: "cannot be set", advice: "install it" });
    },
  });

  test("is the one that isolates best; pairs of processes, of which green contexts take turns, get shares", async () => {
    expect(await choosePieces(executor, syntheticA100)).toEqual({
      alone: "green-context",
      paired: "mps-share",
      instances: [],
      warnings: [],
    });
  });

  test("is the next best where that cannot be set here, and says so once", async () => {
    const { warnings, ...chosen } = await choosePieces(admitting(["mps-share"]), syntheticA100);
    expect(chosen).toEqual({ alone: "mps-share", paired: "mps-share", instances: [] });
    expect(warnings).toMatchObject([{ where: "partition of kind green-context", advice: "install it" }]);
    const none = await choosePieces(admitting([]), syntheticA100);
    expect(none).toMatchObject({ alone: undefined, paired: undefined });
    expect(none.warnings).toHaveLength(2);
  });

  test("is what is there, on a card that is cut into MIG instances already", async () => {
    const cut: Device = { ...syntheticA100, defaultPartition: { kind: "mig", profile: "3g.40gb" } };
    const there = ["mig:3g.40gb", "mig:1g.10gb", "mig:2g.20gb"];
    const holding: Executor = {
      ...executor,
      async admit(partition) {
        if (there.includes(formatPartition(partition))) return;
        throw new InputError({ what: "instance", problem: "is not there", advice: "make it" });
      },
    };
    const { alone, paired, instances } = await choosePieces(holding, cut);
    expect([alone, paired]).toEqual([undefined, undefined]);
    expect(instances.map(formatPartition)).toEqual(["mig:2g.20gb", "mig:1g.10gb"]);
  });

  test("is the one asked for, or a refusal", async () => {
    expect(await choosePieces(executor, syntheticA100, "mps-share")).toMatchObject({
      alone: "mps-share",
      paired: "mps-share",
    });
    await expect(choosePieces(executor, syntheticA100, "cpu-share")).rejects.toThrow(
      /none that synthetic-a100-80gb can/,
    );
    await expect(choosePieces(admitting([]), syntheticA100, "mps-share")).rejects.toThrow(/cannot be set; install it/);
  });
});

test("the file of a kernel trace has a name that no file system and no shell takes amiss, another for every workload", () => {
  expect(kernelTraceFile("resnet50")).toBe("resnet50.kernels.json");
  const names = ["../x", "-x", "a b", "a/b", "a%2fb", ".x", "$(x)", "ä"].map(kernelTraceFile);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[%\p{L}\p{N}][%\p{L}\p{N}._-]*$/u);
});
