import { formatLoad, parseLoad } from "@partitune/schema";
import { describe, expect, test } from "vitest";

describe("parseLoad", () => {
  test.each(["closed:1", "closed:16", "poisson:20.5", "periodic:0.001"])(
    "reads %s, and formatLoad writes it",
    (text) => {
      expect(formatLoad(parseLoad(text))).toBe(text);
    },
  );

  test.each(["", "closed", "closed:", "closed:0", "closed:1.5", "poisson:-1", "poisson:x", "burst:1", "poisson:1:2"])(
    "refuses %j",
    (text) => {
      expect(() => parseLoad(text)).toThrow(`load "${text}" cannot be read; write "closed:1"`);
    },
  );
});
