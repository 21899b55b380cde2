import { describe, expect, it } from "vitest";
import { parseImages } from "../../packages/cli/src/parseImages.ts";

describe("parseImages", () => {
  it.each([
    [["example/server:1"], { "*": "example/server:1" }],
    [["bert=example/bert:2", "x"], { bert: "example/bert:2", "*": "x" }],
    [["a=b=example/c"], { "a=b": "example/c" }],
    [["=x"], { "": "x" }],
    [[], {}],
  ])("reads %j", (texts, images) => {
    expect(parseImages(texts)).toEqual(images);
  });
});
