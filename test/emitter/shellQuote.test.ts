import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shellQuote } from "../../packages/emitter/src/shellQuote.ts";

/** What a shell makes of quoted words. */
function wordsSeenBy(shell: string, texts: readonly string[]): readonly string[] {
  const script = `printf '%s\\0' ${texts.map(shellQuote).join(" ")}`;
  return execFileSync(shell, ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

const awkward = [
  "'",
  "''",
  '"',
  "`",
  "$",
  "$(",
  ")",
  "\\",
  "\n",
  "\r",
  "\t",
  ";",
  "&",
  "|",
  "*",
  "?",
  "~",
  "#",
  "!",
  " ",
  "-",
  "=",
  "é",
  "漢",
  "😀",
  "a",
];
/** Lone surrogates cannot be written as UTF-8 at all. */
const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...awkward)).map((parts) => parts.join("")),
  )
  .filter((value) => !value.includes("\0") && value.isWellFormed());

describe("shellQuote", () => {
  it("writes plain single quotes", () => {
    expect(shellQuote("it's")).toBe("'it'\\''s'");
    expect(shellQuote("")).toBe("''");
  });

  it.each(["sh", "bash"])("gives back any texts as they were, one word each, through %s", (shell) => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (texts) => {
        expect(wordsSeenBy(shell, texts)).toEqual(texts);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it("refuses a zero byte, which no argument can hold", () => {
    expect(() => shellQuote("a\0b")).toThrow(/zero byte/);
  });
});
