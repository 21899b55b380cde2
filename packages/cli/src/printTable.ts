import { printable } from "./printable.ts";

/** A column of a printed table: header, and the text of a row. */
export interface Column<Row> {
  readonly header: string;
  readonly text: (row: Row) => string;
  /** Numbers are set flush right. */
  readonly right?: boolean;
}

/** Rows as aligned text, header first; control characters are made visible. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map((column) => printable(column.header)),
    ...rows.map((row) => columns.map((column) => printable(column.text(row)))),
  ];
  const widths = columns.map((_, c) => cells.reduce((widest, line) => Math.max(widest, line[c]!.length), 0));
  const lines = cells.map((line) =>
    line
      .map((cell, c) => pad(cell, widths[c]!, columns[c]!.right === true))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
