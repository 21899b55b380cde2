import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";

/** Further rows are left out, and the table says so. */
const mostRows = 300;

/** A table that is folded away when it has more rows than `shownOpen`. */
export function foldedTable(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
  shownOpen = 24,
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
