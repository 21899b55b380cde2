import type { BenchRow } from "./benchRow.ts";

const headers = ["benchmark", "value", "unit", "target", "met", "note"] as const;
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** Benchmark rows as a table with aligned columns, for a terminal. */
export function formatBench(rows: readonly BenchRow[]): string {
  const lines = [[...headers], ...rows.map(cellsOf)];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const align = (cell: string, column: number) =>
    headers[column] === "value" ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return `${lines.map((line) => line.map(align).join("  ").trimEnd()).join("\n")}\n`;
}

/** The same as a Markdown table, for the README. */
export function formatBenchMarkdown(rows: readonly BenchRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = line(headers.map((header) => (header === "value" ? "---:" : "---")));
  return `${[line(headers), rule, ...rows.map(cellsOf).map(line)].join("\n")}\n`;
}

function cellsOf({ name, value, unit, target, met, note }: BenchRow): string[] {
  const verdict = met === null ? "" : met ? "yes" : "no";
  return [name, number.format(value), unit, target ?? "", verdict, note ?? ""];
}
