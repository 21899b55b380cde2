import { html, type Markup, trusted } from "./markup.ts";

/**
 * A drawing that the reader magnifies along its width and moves, without script.
 *
 * Radio buttons choose the width of the drawing inside a pane that scrolls, so moving is the browser's own scrolling, by wheel, finger and arrow
 * keys. The drawing gives horizontal places in percent and everything else in pixels; so nothing is stretched and each thing is drawn once. What
 * is legible from a level on has the class `from-LEVEL`. A form of its own keeps the buttons of several panes apart without ids, and where styles
 * are not allowed the whole drawing is seen unmagnified.
 *
 * @param levels  magnifications, ascending from 1
 */
export function zoomPane(label: string, levels: readonly number[], drawing: Markup): Markup {
  const choices = levels.map(
    (level, i) =>
      html`<label><input type="radio" name="zoom" class="to-${level}"${i === 0 ? html` checked` : null}> ${level === 1 ? "all" : `${level} ×`}</label> `,
  );
  const buttons = levels.length > 1 ? html`<div class="zoom">Zoom: ${choices}</div>` : null;
  return html`<form class="zoom-pane" style="margin:0"><style>${trusted(zoomCss(levels))}</style>${buttons}<div class="zoom-view" role="region" aria-label="${label}" tabindex="0" style="overflow-x:auto;max-width:100%">${drawing}</div></form>`;
}

function zoomCss(levels: readonly number[]): string {
  const rules = levels
    .filter((level) => level > 1)
    .flatMap((level) => {
      const chosen = `.zoom-pane:has(.to-${level}:checked)`;
      const shown = levels.filter((other) => other <= level).map((other) => `${chosen} .from-${other}`);
      return [
        `${chosen} .zoom-view>svg{width:${100 * level}%;max-width:none}`,
        `${shown.join(",")}{display:inline}`,
        `${chosen} .only-1{display:none}`,
      ];
    });
  return `${rules.join("")}.zoom-view :target{stroke:var(--limit,#b3263a);stroke-width:3}.zoom-pane .zoom{font-size:.85em}@media print{.zoom-pane .zoom{display:none}}`;
}
