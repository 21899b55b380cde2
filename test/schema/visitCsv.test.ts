import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visitCsv } from "../../packages/schema/src/visitCsv.ts";

// csv-parse is a dependency of the schema package, not of the tests' own package.
const fromSchema = createRequire(new URL("../../packages/schema/package.json", import.meta.url));
const { parse } = fromSchema("csv-parse/sync") as { parse: (text: string, options: object) => string[][] };

interface SeenRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** The records of a text that arrives in pieces of a given size. */
function records(text: string | Uint8Array, size = 1 << 20): readonly SeenRecord[] {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const seen: SeenRecord[] = [];
  visitCsv("t.csv", pieces, (fields, line) => seen.push({ fields, line }));
  return seen;
}

const fieldsOf = (text: string | Uint8Array, size?: number) => records(text, size).map((record) => record.fields);

describe("visitCsv", () => {
  test("splits records at commas and line feeds", () => {
    expect(records("a,b\n1,\n,2\n")).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", ""], line: 2 },
      { fields: ["", "2"], line: 3 },
    ]);
  });

  test("needs no line feed at the end", () => {
    expect(fieldsOf("a,b\n1,2")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
  });

  test("ignores carriage returns before line feeds, empty lines and a byte order mark", () => {
    expect(records('\uFEFFa,b\r\n\r\n1,"x"\r\n\n')).toEqual([
      { fields: ["a", "b"], line: 1 },
      { fields: ["1", "x"], line: 3 },
    ]);
  });

  test("reads quoted commas, quotes, line ends and empty texts, and counts the lines they span", () => {
    expect(records('x,"a,b\nc",y\n"""",1\n2,"",""\n')).toEqual([
      { fields: ["x", "a,b\nc", "y"], line: 1 },
      { fields: ['"', "1"], line: 3 },
      { fields: ["2", "", ""], line: 4 },
    ]);
  });

  test("reads characters of several bytes, cut anywhere", () => {
    const text = "naïve,日本語,😀\n“,”,…\n";
    for (let size = 1; size < 12; size++) expect(fieldsOf(text, size)).toEqual(fieldsOf(text));
    expect(fieldsOf(text)[0]).toEqual(["naïve", "日本語", "😀"]);
  });

  test("agrees with csv-parse on any table, quoted where needed or everywhere, in pieces of any size", () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "é", "0", ".", ",", '"', "\n", "\r", " ", "\t") }),
      fc.double().map(String),
    );
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    const write = (cells: readonly (readonly [string, boolean])[]) =>
      cells
        .map(([text, quoted]) => (quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
        .join(",");
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), fc.integer({ min: 1, max: 50 }), (rows, end, size) => {
        const text = rows.map((row) => `${write(row)}${end}`).join("");
        const expected = parse(text, { record_delimiter: end, skip_empty_lines: true });
        expect(fieldsOf(text, size)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["a quote inside an unquoted field", 'a,b\n1,x"y"\n', "t.csv line 2: a field has a quote in the wrong place"],
    ["text after a closing quote", 'a,b\n1,2\n"x"y,2\n', "t.csv line 3: a field has a quote in the wrong place"],
    ["a quote that is never closed", 'a,b\n1,"x\n2,y\n', "t.csv line 2: the record opens a quote that is never closed"],
    ["bytes that are no UTF-8", Uint8Array.of(97, 0xff, 10), "t.csv: the file is not UTF-8 text"],
    ["a zero byte", "a\0b\n", "t.csv: the file is not UTF-8 text"],
    ["UTF-16", Buffer.from("\uFEFFa,b\n", "utf16le"), "t.csv: the file is not UTF-8 text"],
    ["a first line of 100 KB", `${"x".repeat(100_000)}\n`, "t.csv line 1: the first line is longer than 64 KiB"],
    ["a line of 2 MB", `a\n${"x".repeat(2_000_000)}\n`, "t.csv: a line is longer than 1024 KiB"],
    [
      "a quoted field of 3 MB",
      `a\n"${"x\n".repeat(1_500_000)}"\n`,
      "t.csv line 2: the record opens a quote that is never",
    ],
  ])("explains %s", (_, text, message) => {
    expect(() => records(text, 1 << 18)).toThrow(message);
  });

  test("stops at the first piece of an endless line", () => {
    let pieces = 0;
    function* endless() {
      for (;;) {
        pieces++;
        yield Buffer.alloc(1 << 16, "1,");
      }
    }
    expect(() => visitCsv("t.csv", endless(), () => undefined)).toThrow("the first line is longer than 64 KiB");
    expect(pieces).toBe(2);
  });

  test("answers any bytes with records or an InputError", () => {
    const soup = fc.uint8Array().map((bytes) => bytes.map((byte) => (byte > 127 ? [44, 10, 34, 13][byte & 3]! : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), soup), fc.integer({ min: 1, max: 40 }), (bytes, size) => {
        try {
          records(bytes, size);
        } catch (error) {
          expect(error).toHaveProperty("name", "InputError");
        }
      }),
      { numRuns: 500 },
    );
  });
});
