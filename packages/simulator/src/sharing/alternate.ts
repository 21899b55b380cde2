import type { SharingLaw } from "./sharingLaw.ts";

/**
 * The pessimistic law of unpartitioned running: n busy stations take turns, each at 1/n of its full speed (processor sharing, the limit
 * of short time slices).
 */
export const alternate = {
  description: "busy placements take turns on the whole processor",
  speeds: (busy) => busy.map(() => 1 / busy.length),
} satisfies SharingLaw;
