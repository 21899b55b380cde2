import { fitText } from "./fitText.ts";
import { html, type Markup, trusted } from "./markup.ts";
import type { SeriesSymbol } from "./palette.ts";

/** One entry of a legend. */
export interface LegendItem {
  readonly label: string;
  readonly colour: string;
  readonly mark: SeriesSymbol | "line" | "dashed" | "dotted" | "bar" | "hatched" | "crossed" | "ends";
  /** Drawn as an outline. */
  readonly hollow?: boolean;
}

// Drawn on a field of 16 × 16 px.
const shapes: Readonly<Record<LegendItem["mark"], string>> = {
  circle: "M12,8A4,4 0 1 1 4,8A4,4 0 1 1 12,8Z",
  square: "M4,4H12V12H4Z",
  triangle: "M8,3L13,12H3Z",
  diamond: "M8,2L12.5,8L8,14L3.5,8Z",
  times: "M4,4L12,12M12,4L4,12",
  star: "M8,1.5L9.6,6H14.4L10.6,9L12,14L8,11L4,14L5.4,9L1.6,6H6.4Z",
  line: "M0,8H16",
  dashed: "M0,8H16",
  dotted: "M0,8H16",
  bar: "M1,3H15V13H1Z",
  ends: "M1,8H6M10,8H15",
  hatched: "M1,3H15V13H1ZM1,8L6,3M1,13L11,3M6,13L15,4M11,13L15,9",
  crossed: "M1,3H15V13H1ZM1,8L6,3M1,13L11,3M6,13L15,4M11,13L15,9M1,8L6,13M1,3L11,13M6,3L15,12M11,3L15,7",
};
const dashes: Readonly<Partial<Record<LegendItem["mark"], string>>> = { dashed: "5 3", dotted: "1.5 3" };
const strokeOnly: readonly LegendItem["mark"][] = ["times", "line", "dashed", "dotted", "hatched", "crossed", "ends"];

/** Longer labels are cut, px. */
const mostLabelWidth = 620;

/** What the marks of a picture mean, as a line of HTML that wraps. */
export function legend(items: readonly LegendItem[]): Markup {
  const entries = items.map(({ label, colour, mark, hollow }) => {
    const isOutline = hollow === true || strokeOnly.includes(mark);
    const swatch = html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" style="vertical-align:-3px"><path d="${shapes[mark]}" fill="${isOutline && mark !== "bar" ? "none" : colour}" fill-opacity="${isOutline ? 0.2 : 1}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dashes[mark] ?? "none"}"/></svg>`;
    const cut = fitText(label, mostLabelWidth, 14);
    return html`<span title="${cut === label ? null : label}" style="white-space:normal;overflow-wrap:anywhere">${swatch} ${cut}</span>`;
  });
  return html`<div class="legend" style="display:flex;flex-wrap:wrap;gap:2px 14px;font-size:0.85em">${trusted(entries.map((entry) => entry.markup).join(" "))}</div>`;
}
