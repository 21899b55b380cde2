import { describeFound } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("describeFound", () => {
  test.each([
    ["abc", '"abc"'],
    ["", '""'],
    [12.5, "12.5"],
    [Number.NaN, "NaN"],
    [null, "null"],
    [true, "true"],
    [[], "an empty list"],
    [[1], "a list"],
    [{ a: 1 }, "an object"],
    ["a\u001b[2J\r\nb", '"a\\x1b[2J\\x0d\\x0ab"'],
    ["x".repeat(61), `"${"x".repeat(60)}…"`],
  ])("shows %j as %s", (value, expected) => {
    expect(describeFound(value)).toBe(expected);
  });

  test("is short and without control characters, whatever is shown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = describeFound(text);
        expect(shown.length).toBeLessThanOrEqual(63);
        expect(shown).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
