import { devices, pieceKinds, syntheticA100, thisMachine } from "@partitune/profiler";
import { formatPartition, InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { devicePieces } from "../../../packages/profiler/src/recording/devicePieces.ts";
import { kernelTraceFile } from "../../../packages/profiler/src/recording/kernelTraceFile.ts";

const sizes = [0.5, 0.25, 0.125] as const;
const textsOf = (...asked: Parameters<typeof devicePieces>) => devicePieces(...asked).map(formatPartition);

describe("pieces of a device", () => {
  test("are of the kind that isolates best, in sizes that its scheme allows", () => {
    expect(pieceKinds).toEqual(["green-context", "mps-share", "cpu-share"]);
    expect(textsOf(syntheticA100, sizes)).toEqual(["green-context:54", "green-context:26", "green-context:12"]);
    expect(textsOf(syntheticA100, sizes, "mps-share")).toEqual(["mps-share:0.5", "mps-share:0.25", "mps-share:0.12"]);
  });

  test("that are too small for the scheme, or come to the same, are left out", () => {
    const coarse = {
      ...syntheticA100,
      partitionSchemes: [{ kind: "green-context" as const, leastMultiprocessors: 32, stepMultiprocessors: 32 }],
    };
    expect(textsOf(coarse, [0.5, 0.45, 0.25])).toEqual(["green-context:32"]);
  });

  test("of a device without a divisible scheme are none, and asked for they are refused", () => {
    const whole = { ...devices.a100, partitionSchemes: [{ kind: "whole" as const }] };
    expect(devicePieces(whole, sizes)).toEqual([]);
    expect(() => devicePieces(whole, sizes, "mps-share")).toThrow(InputError);
  });

  test("of a processor are shares", () => {
    const processor = {
      ...syntheticA100,
      cores: thisMachine().cores,
      partitionSchemes: [{ kind: "cpu-share" as const, granularity: 0.001, total: 1 }],
    };
    expect(textsOf(processor, sizes)).toEqual(["cpu-share:0.5", "cpu-share:0.25", "cpu-share:0.125"]);
  });
});

test("the file of a kernel trace has a name that no file system and no shell takes amiss, another for every workload", () => {
  expect(kernelTraceFile("resnet50")).toBe("resnet50.kernels.json");
  const names = ["../x", "-x", "a b", "a/b", "a%2fb", ".x", "$(x)", "ä"].map(kernelTraceFile);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[%\p{L}\p{N}][%\p{L}\p{N}._-]*$/u);
});
