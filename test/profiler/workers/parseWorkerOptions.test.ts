import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { parseWorkerOptions } from "../../../packages/profiler/src/workers/parseWorkerOptions.ts";

describe("parseWorkerOptions", () => {
  test("a model is enough", () => {
    expect(parseWorkerOptions(["--model=zoo:tiny"])).toEqual({ model: "zoo:tiny", threads: 1, shapes: {}, seed: "1" });
  });

  test("every option is understood", () => {
    const argv = [
      "--model=m.onnx",
      "--threads=3",
      "--provider=webgpu",
      "--shape=a=Nx2",
      "--shape=b=N",
      "--zoo=/z",
      "--seed=x",
    ];
    expect(parseWorkerOptions(argv)).toEqual({
      model: "m.onnx",
      threads: 3,
      provider: "webgpu",
      shapes: { a: [2], b: [] },
      zooFolder: "/z",
      seed: "x",
    });
  });

  test.each([
    [[], /option --model is missing/],
    [["--model="], /option --model is missing/],
    [["--model=m", "--threads=0"], /option --threads "0" is no number of threads/],
    [["--model=m", "--threads=two"], /"two"/],
    [["--model=m", "--provider=rocm"], /"rocm" is none .* choose one of cpu, cuda, tensorrt, webgpu/],
    [["--model=m", "--modell=x"], /was started wrongly \(Unknown option '--modell'/],
    [["--model=m", "stray"], /was started wrongly/],
  ])("%o is refused", (argv, words) => {
    expect(() => parseWorkerOptions(argv)).toThrow(InputError);
    expect(() => parseWorkerOptions(argv)).toThrow(words);
  });
});
