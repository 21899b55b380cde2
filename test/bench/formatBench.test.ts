import { expect, test } from "vitest";
import type { BenchRow } from "./benchRow.ts";
import { formatBench, formatBenchMarkdown } from "./formatBench.ts";

const rows: readonly BenchRow[] = [
  { name: "fast | small", value: 0.012345, unit: "s", target: "≤ 0.05 s", met: true },
  { name: "many", value: 24_123_456, unit: "requests/s", met: null, note: "one core" },
];

test("a table for a terminal has aligned columns", () => {
  expect(formatBench(rows)).toBe(
    [
      "benchmark          value  unit        target    met  note",
      "fast | small      0.0123  s           ≤ 0.05 s  yes",
      "many          24,100,000  requests/s                 one core",
      "",
    ].join("\n"),
  );
});

test("a table for the README is Markdown", () => {
  expect(formatBenchMarkdown(rows)).toBe(
    [
      "| benchmark | value | unit | target | met | note |",
      "| --- | ---: | --- | --- | --- | --- |",
      "| fast \\| small | 0.0123 | s | ≤ 0.05 s | yes |  |",
      "| many | 24,100,000 | requests/s |  |  | one core |",
      "",
    ].join("\n"),
  );
});
