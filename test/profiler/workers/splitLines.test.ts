import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "../../../packages/profiler/src/workers/splitLines.ts";

function linesOf(chunks: readonly Uint8Array[]): readonly string[] {
  const lines: string[] = [];
  const push = splitLines((line) => lines.push(line));
  for (const chunk of chunks) push(chunk);
  return lines;
}

test("lines come out whole, however the bytes are cut", () => {
  const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", " "));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(""));
      const chunks: Uint8Array[] = [];
      let start = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(start, start + cut));
        start += cut;
      }
      expect(linesOf([...chunks, bytes.subarray(start)])).toEqual(lines);
    }),
  );
});

test("what has no end yet is not a line", () => {
  expect(linesOf([Buffer.from("one\ntw")])).toEqual(["one"]);
});

test("a line without end does not fill the memory", () => {
  const chunk = Buffer.alloc(1 << 20, "x");
  const [line] = linesOf([...Array.from({ length: 20 }, () => chunk), Buffer.from("\n")]);
  expect(line).toHaveLength(1 << 20);
});
