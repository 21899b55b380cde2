import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";

/** More rows than this are folded away; beyond the second number they are left out, and the table says so. */
const shownOpen = 24;
const mostRows = 600;

/** A table that is folded away when it is long. */
export function foldedTable(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  const table = htmlTable(caption, headers, rows.slice(0, mostRows));
  if (rows.length <= shownOpen) return table;
  const rest = rows.length > mostRows ? `, the first ${mostRows} of ${rows.length} rows` : `, ${rows.length} rows`;
  const more =
    rows.length > mostRows
      ? html`<p>… and ${rows.length - mostRows} more: partitune show prints all of them.</p>`
      : null;
  return html`<details class="folded"><summary>${caption}${rest}</summary>${table}${more}</details>`;
}
