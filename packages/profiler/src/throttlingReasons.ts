/**
 * Reasons for lower clocks that make a measurement invalid. A power cap is none: it may be what is measured, and then it is data.
 *
 * @see NVML reference, "clocks event reasons", by the names of `nvidia/card.ts`
 */
export const throttlingReasons: readonly string[] = [
  "thermal-software",
  "thermal-hardware",
  "hardware-slowdown",
  "power-brake",
];
