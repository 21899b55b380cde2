import { type PlotOptions, plot } from "@observablehq/plot";
import { JSDOM } from "jsdom";

const { document } = new JSDOM("").window;

/** The part of an element that is used here; the sources are checked without a browser's types. */
interface Drawing {
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<Drawing>;
}

/** Width and height of a panel, px: one fits a phone, two or three a desktop page. */
export const panelSize = { width: 400, height: 300 } as const;

/**
 * Draws with Observable Plot, without a browser.
 *
 * @param label  what the picture shows, for those who cannot see it
 * @returns an SVG element as text; its colours follow the text colour and the CSS variables of the page
 */
export function drawPlot(label: string, options: PlotOptions): string {
  const svg: Drawing = plot({ ...panelSize, style: { fontSize: "12px", overflow: "visible" }, ...options, document });
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  for (const element of svg.querySelectorAll("*")) shortenNumbers(element);
  return svg.outerHTML;
}

const positions = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"] as const;

/** Hundredths of a pixel are enough, and halve the size of a page. */
function shortenNumbers(element: Drawing): void {
  for (const name of positions) {
    const value = element.getAttribute(name);
    if (value === null) continue;
    element.setAttribute(
      name,
      value.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
  }
}
