import { describe, expect, test } from "vitest";
import { parseServedModel } from "../../packages/cli/src/parseServedModel.ts";

describe("parseServedModel", () => {
  test.each([
    ["http://localhost:8000/resnet50", { url: "http://localhost:8000", model: "resnet50" }],
    ["http://h:8000/v2/models/m", { url: "http://h:8000", model: "m" }],
    ["http://h/m/versions/2", { url: "http://h", model: "m", modelVersion: "2" }],
    ["https://h/v2/models/m/versions/2/", { url: "https://h", model: "m", modelVersion: "2" }],
    ["https://h/behind/a/path/m", { url: "https://h/behind/a/path", model: "m" }],
    ["http://[::1]:8000/a%2Fb", { url: "http://[::1]:8000", model: "a/b" }],
  ])("reads %s", (text, served) => {
    expect(parseServedModel(text)).toEqual(served);
  });

  test.each(["http://h:8000", "http://h:8000/", "h:8000/m", "ftp://h/m", "http://h:99999/m", "http://h/m?x=1", ""])(
    "refuses %j",
    (text) => {
      expect(() => parseServedModel(text)).toThrow(
        `model "kserve:${text}" is no address of a served model; write kserve:http://HOST:PORT/MODEL`,
      );
    },
  );

  test("refuses a percent sign that begins no character", () => {
    expect(() => parseServedModel("http://h/100%")).toThrow('has "100%", in which a percent sign begins no character');
  });
});
