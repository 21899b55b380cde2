import { html, type Markup } from "./markup.ts";

/** A table with a caption and headers; it scrolls by itself where the page is too narrow. */
export function htmlTable(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  const head = headers.map((header) => html`<th scope="col">${header}</th>`);
  const body = rows.map(
    ([first, ...others]) =>
      html`<tr><th scope="row">${first!}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
  );
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}
