import { describe, expect, test } from "vitest";
import { parseWorkload } from "../../packages/cli/src/parseWorkload.ts";

describe("parseWorkload", () => {
  test("reads networks, files and commands", () => {
    const engine = (text: string) => parseWorkload(text, [1, 2]).engine;
    expect(parseWorkload("net=zoo:resnet18@112", [1, 2])).toEqual({
      name: "net",
      task: "inference",
      engine: { engine: "onnx", model: "zoo:resnet18@112" },
      batches: [1, 2],
    });
    expect(engine("net=./a=b.onnx")).toEqual({ engine: "onnx", model: "./a=b.onnx" });
    expect(engine("tool=command: python3  worker.py --fast")).toEqual({
      engine: "command",
      command: ["python3", "worker.py", "--fast"],
    });
  });

  test("gives a model the shapes of its open inputs", () => {
    expect(parseWorkload("net=m.onnx", [1], { shapes: ["input=3x224x224", "mask=1"] }).engine).toEqual({
      engine: "onnx",
      model: "m.onnx",
      shapes: { input: [3, 224, 224], mask: [1] },
    });
  });

  test.each(["net", "=m.onnx", "net="])("refuses %j", (text) => {
    expect(() => parseWorkload(text, [1])).toThrow(`workload "${text}" has no name or no model; write NAME=zoo:`);
  });

  test.each(["input", "input=", "input=3x", "input=0x3", "input=-1", "=3"])("refuses the shape %j", (shape) => {
    expect(() => parseWorkload("net=m.onnx", [1], { shapes: [shape] })).toThrow(
      `option --shape "${shape}" cannot be read; write INPUT=3x224x224, without the batch dimension`,
    );
  });

  test("reads networks of PyTorch with their interpreter, of TensorFlow, and served models", () => {
    const engine = (text: string) =>
      parseWorkload(text, [1], { python: "/usr/bin/python3", shapes: ["input=3x64x64"] }).engine;
    const shapes = { input: [3, 64, 64] };
    expect(engine("r18=pytorch:torchvision:resnet18")).toEqual({
      engine: "pytorch",
      model: "torchvision:resnet18",
      python: "/usr/bin/python3",
      shapes,
    });
    expect(engine("own=pytorch:python:nets:build")).toMatchObject({ model: "python:nets:build" });
    expect(engine("t=tensorflow:./saved_model")).toEqual({ engine: "tensorflow", model: "./saved_model", shapes });
    expect(engine("t=tensorflow:zoo:mobilenet@96")).toEqual({
      engine: "tensorflow",
      model: "zoo:mobilenet@96",
      shapes,
    });
    expect(engine("s=kserve:http://localhost:8000/m/versions/1")).toEqual({
      ...{ engine: "kserve", url: "http://localhost:8000", model: "m", modelVersion: "1" },
      shapes,
    });
  });

  test.each([
    ["r=pytorch:resnet18", /model "pytorch:resnet18" names no source of networks; write pytorch:torchvision:resnet50/],
    ["r=pytorch:", /model "pytorch:" names no source/],
    ["t=tensorflow:", /names no model; write tensorflow:FOLDER/],
    ["s=kserve:localhost/m", /model "kserve:localhost\/m" is no address of a served model/],
  ])("refuses %s", (text, words) => {
    expect(() => parseWorkload(text, [1])).toThrow(words);
  });

  test("refuses a command without a program", () => {
    expect(() => parseWorkload("net=command: ", [1])).toThrow('command "command: " names no program');
  });
});
