/** Colour and symbol of the i-th series: told apart by shape too, so that no meaning hangs on colour alone. */
export interface SeriesStyle {
  readonly colour: string;
  readonly symbol: SeriesSymbol;
}

export type SeriesSymbol = "circle" | "square" | "triangle" | "diamond" | "times" | "star";

// At least 3:1 against white; the page redefines the variables for dark backgrounds.
const lightColours = [
  ...["#0b62a8", "#b3530b", "#137752", "#7b3fb0", "#b3263a", "#4a5a68"],
  ...["#7a6a00", "#a8327e", "#00818f", "#6b4423", "#4f8a10", "#2b2f77"],
];
const darkColours = [
  ...["#6cb6ff", "#ffab5e", "#5fd3a3", "#c79bf5", "#ff8a94", "#aab7c4"],
  ...["#d9c84f", "#ff8fd0", "#4fd0dd", "#c9a483", "#a5e055", "#a9b0ff"],
];

/** Series that differ in colour alone. */
export const colourCount = lightColours.length;

const symbols: readonly SeriesSymbol[] = ["circle", "square", "triangle", "diamond", "star"];

/** Style of the i-th series, i ≥ 0; colours repeat after 12 and symbols after 5, so the pair repeats after 60. */
export function seriesStyle(i: number): SeriesStyle {
  const k = i % lightColours.length;
  return { colour: `var(--series-${k + 1}, ${lightColours[k]})`, symbol: symbols[i % symbols.length]! };
}

/** For what stands back: dominated points, hints. */
export const mutedColour = "var(--muted, #6b737b)";
/** For limits: deadlines, the end of the device. */
export const limitColour = "var(--limit, #b3263a)";
/** Behind everything. */
export const paperColour = "var(--paper, white)";

/** The variables as CSS, for light and for dark backgrounds. */
export const paletteCss = {
  light: `${variables(lightColours)}--muted:#6b737b;--limit:#b3263a;`,
  dark: `${variables(darkColours)}--muted:#98a2ad;--limit:#ff8a94;`,
} as const;

function variables(colours: readonly string[]): string {
  return colours.map((colour, i) => `--series-${i + 1}:${colour};`).join("");
}
