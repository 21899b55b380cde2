import type { Bytes } from "@partitune/schema";
import type { Card } from "./card.ts";
import { migCard } from "./migCard.ts";

/**
 * The MIG placements of A100, H100, H200 and B200: eight memory slices, seven compute slices, five sizes.
 *
 * Starts are in ParvaGPU's order of preference: what hinders later pieces least comes first; a 3g at 0 wastes a compute slice.
 *
 * @param sliceBytes  memory of one memory slice, bytes; null when it is not to limit anything
 * @see NVIDIA Multi-Instance GPU User Guide; ParvaGPU (Lee et al., SC 2024)
 */
export function sevenSliceCard(sliceBytes: Bytes | null = null): Card {
  const profile = (name: string, computeSlices: number, size: number, starts: readonly number[]) => ({
    name,
    computeSlices,
    size,
    starts,
    memoryBytes: sliceBytes === null ? null : size * sliceBytes,
  });
  return migCard({
    name: "seven-slice MIG",
    slots: 8,
    computeSlices: 7,
    profiles: [
      profile("1g", 1, 1, [0, 6, 4, 1, 2, 3, 5]),
      profile("2g", 2, 2, [0, 4, 2]),
      profile("3g", 3, 4, [4, 0]),
      profile("4g", 4, 4, [0]),
      profile("7g", 7, 8, [0]),
    ],
  });
}
