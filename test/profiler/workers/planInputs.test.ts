import { describe, expect, test } from "vitest";
import { type ModelInput, planInputs } from "../../../packages/profiler/src/workers/planInputs.ts";

const image: ModelInput = { name: "image", type: "float32", shape: ["batch", 3, 224, 224] };

function plan(inputs: readonly ModelInput[], shapes: Readonly<Record<string, readonly number[]>> = {}) {
  return planInputs("m.onnx", inputs, shapes);
}

describe("planInputs", () => {
  test("the open first dimension is the batch", () => {
    expect(plan([image])).toEqual({
      inputs: [{ name: "image", type: "float32", shape: ["N", 3, 224, 224] }],
      fixedBatch: undefined,
    });
  });

  test("a nameless first dimension is the batch too", () => {
    expect(plan([{ ...image, shape: ["", 3] }]).inputs[0]!.shape).toEqual(["N", 3]);
  });

  test("a model without an open first dimension runs one batch size", () => {
    expect(plan([{ ...image, shape: [4, 3, 8, 8] }])).toMatchObject({
      fixedBatch: 4,
      inputs: [{ shape: [4, 3, 8, 8] }],
    });
  });

  test("inputs beside the batched one keep their fixed sizes", () => {
    const scale: ModelInput = { name: "scale", type: "float32", shape: [1] };
    const flag: ModelInput = { name: "flag", type: "bool", shape: [] };
    expect(plan([flag, scale, image])).toMatchObject({
      fixedBatch: undefined,
      inputs: [{ shape: [] }, { shape: [1] }, {}],
    });
  });

  test("a later dimension of the batch's name is the batch", () => {
    const pairs: ModelInput = { name: "pairs", type: "int64", shape: ["batch", "batch"] };
    expect(plan([pairs]).inputs[0]!.shape).toEqual(["N", "N"]);
  });

  test("other open dimensions are asked for, by name and with an example", () => {
    const text: ModelInput = { name: "ids", type: "int64", shape: ["batch", "sequence", 2] };
    expect(() => plan([text])).toThrow(
      'input "ids" [batch, sequence, 2] of model "m.onnx" leaves dimensions open; give all its sizes, e.g. --shape ids=Nx128x2',
    );
    expect(plan([text], { ids: [64, 2] }).inputs[0]!.shape).toEqual(["N", 64, 2]);
  });

  test.each([[[3]], [[3, 224, 225]], [[3, 224, 224, 1]]])("a shape that does not fit, %o, is refused", (sizes) => {
    expect(() => plan([image], { image: sizes })).toThrow(/does not fit the given shape N/);
  });

  test("a shape for an input that is not there is refused, with those that are", () => {
    expect(() => plan([image], { picture: [3] })).toThrow(
      'option --shape "picture" names no input of model "m.onnx"; its inputs are "image" [batch, 3, 224, 224]',
    );
  });

  test.each([["string"], ["uint4"], [undefined]])("an input of type %s is refused", (type) => {
    expect(() => plan([{ ...image, type }])).toThrow(/for which no data can be made/);
  });
});
