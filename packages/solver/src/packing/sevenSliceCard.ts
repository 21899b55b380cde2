import type { Bytes } from "@partitune/schema";
import type { Card } from "./card.ts";
import { migCard } from "./migCard.ts";

/** Size, memory slices that it covers, and where it may begin. */
const sizes = [
  [1, 1, [0, 1, 2, 3, 4, 5, 6]],
  [2, 2, [0, 2, 4]],
  [3, 4, [0, 4]],
  [4, 4, [0]],
  [7, 8, [0]],
] as const;

/**
 * A card of eight memory and seven compute slices, as A100, H100, H200 and B200, with its pieces named by their size alone ("3g"): for tables
 * of measurements that do so too. The tables of `@partitune/schema` name pieces as the driver does; see {@link migCard}.
 *
 * @param sliceBytes  memory of one memory slice, bytes; null when it is not to limit anything
 * @see NVIDIA Multi-Instance GPU User Guide
 */
export function sevenSliceCard(sliceBytes: Bytes | null = null): Card {
  const profiles = sizes.map(([slices, size, starts]) => ({
    name: `${slices}g`,
    computeSlices: slices,
    size,
    starts,
    most: starts.length,
    memoryBytes: sliceBytes === null ? null : size * sliceBytes,
  }));
  return migCard("seven-slice MIG", { memorySlices: 8, profiles });
}
