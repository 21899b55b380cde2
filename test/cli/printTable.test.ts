import { describe, expect, test } from "vitest";
import { formatTable } from "../../packages/cli/src/printTable.ts";

const columns = [
  { header: "name", text: (row: { name: string; size: number }) => row.name },
  { header: "size", text: (row: { name: string; size: number }) => String(row.size), right: true },
];

describe("formatTable", () => {
  test("aligns words left and numbers right, without spaces at the ends", () => {
    const rows = [
      { name: "resnet18", size: 1 },
      { name: "bert", size: 1000 },
    ];
    expect(formatTable(rows, columns)).toBe("name      size\nresnet18     1\nbert      1000\n");
  });

  test("without rows there is the header alone", () => {
    expect(formatTable([], columns)).toBe("name  size\n");
  });

  test("control characters in a cell are shown, not sent to the terminal", () => {
    const [, line] = formatTable([{ name: "a\u001b[2J\nb\u009b", size: 1 }], columns).split("\n");
    expect(line).toBe("a\\x1b[2J\\x0ab\\x9b     1");
  });

  test("a hundred thousand rows are no problem", () => {
    const rows = Array.from({ length: 100_000 }, (_, size) => ({ name: "net", size }));
    expect(formatTable(rows, columns).split("\n")).toHaveLength(100_002);
  });
});
