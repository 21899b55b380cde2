import type { Hertz } from "@partitune/schema";

/** Clocks as makers list them. Whole hertz, so that 665.6 MHz is 665,600,000 Hz and no neighbour of it. */
export function inMegahertz(...clocks: readonly number[]): readonly Hertz[] {
  return clocks.map((megahertz) => Math.round(megahertz * 1e6));
}
