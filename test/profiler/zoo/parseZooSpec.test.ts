import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { formatZooSpec, isZooSpec, parseZooSpec } from "../../../packages/profiler/src/zoo/index.ts";

describe("parseZooSpec", () => {
  test.each([
    ["zoo:resnet18", { name: "resnet18", size: 224 }],
    ["zoo:vgg16@112", { name: "vgg16", size: 112 }],
    ["zoo:bert-base", { name: "bert-base", size: 128 }],
    ["zoo:bert-base@64", { name: "bert-base", size: 64 }],
    ["zoo:mobilenet-v2@32", { name: "mobilenet-v2", size: 32 }],
  ])("%s names a network and its size", (text, spec) => {
    expect(parseZooSpec(text)).toEqual(spec);
    expect(parseZooSpec(formatZooSpec(parseZooSpec(text)))).toEqual(spec);
  });

  test.each([
    "resnet18",
    "zoo:",
    "zoo:resnet19",
    "zoo:constructor",
    "zoo:vgg16@",
    "zoo:vgg16@31",
    "zoo:vgg16@112.5",
    "zoo:vgg16@1e3",
    "zoo:bert-base@513",
    "zoo:vgg16@64@64",
    "zoo:vgg16@-64",
  ])("%s is refused", (text) => {
    expect(() => parseZooSpec(text)).toThrow(InputError);
  });

  test("the error names the networks there are, or the sizes", () => {
    expect(() => parseZooSpec("zoo:alexnet")).toThrow(
      /"zoo:alexnet" is not a network of the zoo; choose one of "zoo:resnet18"/,
    );
    expect(() => parseZooSpec("zoo:vgg16@8")).toThrow(
      /side of the square input image, pixels, 32 to 4096; write "zoo:vgg16@224"/,
    );
  });

  test("a file is not taken for a network of the zoo", () => {
    expect(isZooSpec("models/zoo.onnx")).toBe(false);
    expect(isZooSpec("zoo:tiny")).toBe(true);
  });
});
