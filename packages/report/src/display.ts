import { html, type Markup, trusted } from "./markup.ts";

/** The method by which Deno's Jupyter kernel asks a value how it wants to be shown. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as never;

/** A picture with its words. It shows itself in a notebook, and stands as it is in a page. */
export interface Display {
  readonly title: string;
  /** What is drawn: sample counts, confidence, units, and whether the data is synthetic. */
  readonly caption: string;
  /** The picture: SVG, several of them side by side where there are several panels. Needs no script and no network. */
  readonly html: string;
  /** The same data as plain text, for terminals and screen readers. */
  readonly text: string;
  /** The representations a notebook may choose from, by MIME type. */
  [jupyterDisplay](): Readonly<Record<string, string>>;
}

/** Puts a picture and its words together. */
export function display(parts: {
  readonly title: string;
  readonly caption: string;
  readonly picture: Markup;
  readonly text: string;
}): Display {
  const { title, caption, picture, text } = parts;
  const figure = html`<figure style="margin:0"><figcaption><strong>${title}</strong></figcaption>${picture}<figcaption style="font-size:0.9em">${caption}</figcaption></figure>`;
  return {
    title,
    caption,
    html: picture.markup,
    text,
    [jupyterDisplay]: () => ({ "text/html": figure.markup, "text/plain": `${title}\n\n${text}\n\n${caption}` }),
  };
}

/** One of several pictures that stand side by side, and below each other where the page is narrow. */
export interface Panel {
  /** What tells this panel from the others; may be empty. */
  readonly name: string;
  readonly svg: string;
  /** Room for the name, px; by default that of a panel of the usual size. */
  readonly width?: number;
}

/** Panels beside each other, with an optional legend above. */
export function panels(list: readonly Panel[], legend: Markup | null = null): Markup {
  const figures = list.map(
    ({ name, svg, width = 400 }) =>
      html`<div class="panel" style="max-width:100%">${name === "" ? null : html`<div class="panel-name" style="font-weight:600;overflow-wrap:anywhere;max-width:${width}px">${name}</div>`}${trusted(svg)}</div>`,
  );
  return html`${legend}<div class="panels" style="display:flex;flex-wrap:wrap;gap:16px 24px">${figures}</div>`;
}
