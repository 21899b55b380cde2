import type { ClockReason } from "./card.ts";

/** Bits of `nvmlClocksEventReason…`, called `nvmlClocksThrottleReason…` by drivers before 535. */
const bits: readonly (readonly [bigint, ClockReason])[] = [
  [0x1n, "idle"],
  [0x2n, "clock-setting"],
  [0x4n, "power-cap"],
  [0x8n, "hardware-slowdown"],
  [0x10n, "sync-boost"],
  [0x20n, "thermal-software"],
  [0x40n, "thermal-hardware"],
  [0x80n, "power-brake"],
  [0x100n, "display-clock"],
  [0x200n, "board-limit"],
  [0x400n, "reliability"],
];

const known = bits.reduce((all, [bit]) => all | bit, 0n);

/** The reasons in a bit mask of NVML, in the order of their bits; `other` for bits that are not known here. */
export function clockReasonsOf(mask: bigint): readonly ClockReason[] {
  const named = bits.filter(([bit]) => (mask & bit) !== 0n).map(([, reason]) => reason);
  return (mask & ~known) === 0n ? named : [...named, "other"];
}
