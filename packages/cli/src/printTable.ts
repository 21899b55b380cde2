/** A column of a printed table: header, and the text of a row. */
export interface Column<Row> {
  readonly header: string;
  readonly text: (row: Row) => string;
  /** Numbers are set flush right. */
  readonly right?: boolean;
}

/** Rows as aligned text, header first. Control characters in cells are made visible, so that no name can move the cursor. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map((column) => column.header),
    ...rows.map((row) => columns.map((column) => printable(column.text(row)))),
  ];
  const widths = columns.map((_, c) => Math.max(...cells.map((line) => line[c]!.length)));
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

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
