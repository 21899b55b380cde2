import { html, type Markup } from "./markup.ts";

/** A table with a caption and headers; on a phone, a wide one becomes a list of cards. */
export function htmlTable(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  const head = headers.map((header) => html`<th scope="col" role="columnheader">${header}</th>`);
  const body = rows.map(
    ([first, ...others]) =>
      html`<tr role="row"><th scope="row" role="rowheader">${first!}</th>${others.map((cell, i) => html`<td role="cell"${isShort(cell) ? html` class="short"` : null} data-label="${headers[i + 1]!}"><span>${cell}</span></td>`)}</tr>\n`,
  );
  const kind = headers.length > 3 ? "wide" : "narrow";
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table class="${kind}" role="table"><caption>${caption}</caption><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">
${body}</tbody></table></div>`;
}

/** Numbers with their units stay on one line. */
function isShort(cell: string | Markup): boolean {
  return typeof cell === "string" && cell.length <= 12;
}
