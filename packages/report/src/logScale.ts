import { significant } from "./formatQuantity.ts";
import { type LogAxis, logTicks } from "./logAxis.ts";

/** A logarithmic axis as Observable Plot's scale options, with few and round ticks. */
export function logScale({ domain }: LogAxis) {
  return { type: "log", domain: [...domain], ticks: logTicks(domain), tickFormat: significant } as const;
}
