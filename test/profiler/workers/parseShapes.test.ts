import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { parseShapes } from "../../../packages/profiler/src/workers/parseShapes.ts";

describe("parseShapes", () => {
  test.each([
    [["input=Nx3x224x224"], { input: [3, 224, 224] }],
    [["ids=Nx128,mask=Nx128"], { ids: [128], mask: [128] }],
    [["a=Nx1", "b=N"], { a: [1], b: [] }],
    [["serving_default:x=y=Nx2"], { "serving_default:x=y": [2] }],
  ])("%o gives sizes after the batch", (texts, shapes) => {
    expect(parseShapes(texts)).toEqual(shapes);
  });

  test.each([
    "input",
    "input=",
    "=Nx3",
    "input=3x224",
    "input=Nx0",
    "input=Nx-1",
    "input=Nx3x",
    "input=N3",
    "input=Nx1e3",
  ])("%s is refused", (text) => {
    expect(() => parseShapes([text])).toThrow(InputError);
    expect(() => parseShapes([text])).toThrow(/cannot be read; write the name of the input/);
  });
});
