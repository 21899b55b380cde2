import type { Random } from "@partitune/numerics";
import type { PerSecond, Seconds } from "@partitune/schema";
import type { RequestSource } from "./requestSource.ts";

/** How an attacker places requests, never more in a window than a minibatch holds. */
export type Placing = "opening" | "scattered";

/** Parts of the windows that a scattering attacker leaves empty, and of those that he opens with a request. */
const leftEmpty = 0.2;
const openedAtOnce = 0.7;

/**
 * Requests placed as badly as a plan allows.
 *
 * - `opening`: all that a window may bring come as it opens, so that they wait longest and nothing is ever idle for want of them.
 * - `scattered`: some windows stay empty, so that whatever runs in the background may shift; the others bring any number at any time,
 *   most of them one at once.
 *
 * Where minibatches are served as soon as they are full, nothing is promised but for even requests: then they come evenly, at the
 * highest rate that the plan states.
 */
export function worstCaseSource(placing: Placing, random: Random): RequestSource {
  const times: number[] = [];
  let head = 0;
  let evenNext = Number.POSITIVE_INFINITY;
  let evenGap = 0;
  let evenUntil = 0;
  const place = placing === "opening" ? placeAtOpening : placeAnywhere;
  return {
    get next() {
      return head < times.length ? times[head]! : evenNext;
    },
    advance() {
      if (head < times.length) {
        head += 1;
        if (head < times.length) return;
        times.length = 0;
        head = 0;
        return;
      }
      evenNext += evenGap;
      if (evenNext >= evenUntil) evenNext = Number.POSITIVE_INFINITY;
    },
    openWindow(open, close, most) {
      place(times, open, close, most, random);
    },
    openStream(open: Seconds, close: Seconds, rate: PerSecond) {
      evenNext = open;
      evenGap = 1 / rate;
      evenUntil = close;
    },
  };
}

function placeAtOpening(times: number[], open: Seconds, _close: Seconds, most: number): void {
  for (let i = 0; i < most; i++) times.push(open);
}

function placeAnywhere(times: number[], open: Seconds, close: Seconds, most: number, random: Random): void {
  if (random.next() < leftEmpty) return;
  const count = 1 + random.integer(most);
  const placed = Array.from({ length: count }, () => open + random.next() * (close - open) * (1 - 1e-6));
  if (random.next() < openedAtOnce) placed[0] = open;
  times.push(...placed.sort((a, b) => a - b));
}
