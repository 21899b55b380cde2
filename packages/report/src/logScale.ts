import { significant } from "./formatQuantity.ts";
import { type LogAxis, logTicks } from "./logAxis.ts";

/** Plot leaves out labels whose first digit is high within a power of the base; with one this large it leaves out none of the ticks given. */
export const labelledBase = 1e6;

/** A logarithmic axis as Observable Plot's scale options, with few and round ticks. */
export function logScale({ domain }: LogAxis) {
  return {
    type: "log",
    base: labelledBase,
    domain: [...domain],
    ticks: logTicks(domain),
    tickFormat: significant,
  } as const;
}
