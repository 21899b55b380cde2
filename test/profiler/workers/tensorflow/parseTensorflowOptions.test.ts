import { describe, expect, test } from "vitest";
import { parseTensorflowOptions } from "../../../../packages/profiler/src/workers/tensorflow/parseTensorflowOptions.ts";

describe("parseTensorflowOptions", () => {
  test("reads what the launch of a workload gives", () => {
    const argv = ["--model=zoo:mobilenet@96", "--task=training", "--device=cuda", "--threads=3", "--shape=x=Nx7"];
    expect(parseTensorflowOptions(argv)).toEqual({
      model: "zoo:mobilenet@96",
      task: "training",
      device: "cuda",
      threads: 3,
      shapes: { x: [7] },
      seed: "1",
    });
  });

  test("answers on one thread of the processor unless told otherwise", () => {
    expect(parseTensorflowOptions(["--model=m", "--seed=7"])).toMatchObject({
      task: "inference",
      device: "cpu",
      threads: 1,
      seed: "7",
    });
  });

  test.each([
    [[], "option --model is missing"],
    [["--model="], "option --model is missing"],
    [["--model=m", "--task=idle"], 'option --task "idle" is neither inference nor training'],
    [["--model=m", "--device=tpu"], 'option --device "tpu" is neither cpu nor cuda'],
    [["--model=m", "--threads=0"], 'option --threads "0" is no number of threads'],
    [["--model=m", "--threads=1.5"], 'option --threads "1.5" is no number of threads'],
    [["--model=m", "--shape=x"], 'option --shape "x" cannot be read'],
    [["--model=m", "--sed=1"], "worker was started wrongly (Unknown option '--sed')"],
  ])("%j is refused: %s", (argv, words) => {
    expect(() => parseTensorflowOptions(argv)).toThrow(words);
  });
});
