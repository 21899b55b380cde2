import { significant } from "./formatQuantity.ts";
import { type LogAxis, logTicks } from "./logAxis.ts";

/**
 * Base of logarithmic axes. Plot leaves out labels whose first digit is high within a power of the base; with one this large it leaves out none of
 * the ticks given. It is not whole, because for whole bases D3 counts all their multiples and then leaves out the labels below 1.
 */
export const labelledBase = 1e6 + 0.5;

/** A logarithmic axis as Observable Plot's scale options, with few and round ticks. */
export function logScale({ domain }: Pick<LogAxis, "domain">) {
  return {
    type: "log",
    base: labelledBase,
    domain: [...domain],
    ticks: logTicks(domain),
    tickFormat: significant,
  } as const;
}
