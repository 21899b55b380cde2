import type { Watts } from "@partitune/schema";

/**
 * How much power there is.
 *
 * - `peak`: no minibatch may draw more (supply, breaker, battery current). Spikes inside a minibatch are not seen.
 * - `average`: the mean over a window may not exceed it (cooling, battery energy). Never use it for a supply's limit.
 */
export interface PowerBudget {
  readonly kind: "peak" | "average";
  readonly watts: Watts;
}
