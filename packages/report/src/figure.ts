import type { Display } from "./display.ts";
import { html, type Markup, trusted } from "./markup.ts";

/** A picture in a page: with its caption, and its data as text for those who cannot see it. */
export function figure({ title, caption, html: picture, text }: Display): Markup {
  return html`<figure>
<figcaption class="figure-title">${title}</figcaption>
<div class="picture">${trusted(picture)}</div>
<figcaption>${caption}.</figcaption>
<details><summary>The same as text</summary><pre>${text}</pre></details>
</figure>`;
}
