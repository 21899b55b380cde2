import type { PerSecond, Seconds } from "@partitune/schema";

/**
 * How long the first request of a minibatch waits until the minibatch is ready, by dispatcher.
 *
 * - `windowed`: every β/α seconds run what has come, at most β; holds for any arrivals with at most β in a window.
 * - `on-full`: run when the β-th request arrives; holds for even arrivals only, as random ones have no worst case.
 */
export const dispatchers = {
  windowed: (batch, ratePerSecond) => batch / ratePerSecond,
  "on-full": (batch, ratePerSecond) => (batch - 1) / ratePerSecond,
} as const satisfies Record<string, (batch: number, ratePerSecond: PerSecond) => Seconds>;

export type Dispatcher = keyof typeof dispatchers;
