import type { Seconds } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import { invalidatingReasons } from "./card.ts";

/** Counts how often a card protects itself. */
export interface ThrottleCount {
  /** Takes the reasons of one reading; null where they could not be read. */
  push(reasons: readonly string[] | null): void;
  /** Takes the card's own counter of time held down for temperature, which misses nothing between two readings. */
  violated(thermalSeconds: Seconds | null): void;
  /** The count so far. What stands then counts once more if it goes on, so that a window of two counts shows what lasted all through it. */
  count(): Reading;
}

/** Times that one of the invalidating reasons began or went on, and times held down that no reading saw. */
export function countThrottles(): ThrottleCount {
  let standing: readonly string[] = [];
  let [events, eventsThen, known] = [0, 0, false];
  let seconds: Seconds | null = null;
  return {
    push(reasons) {
      if (reasons === null) return;
      known = true;
      const now = reasons.filter((reason) => (invalidatingReasons as readonly string[]).includes(reason));
      events += now.filter((reason) => !standing.includes(reason)).length;
      standing = now;
    },
    violated(thermalSeconds) {
      if (thermalSeconds === null) return;
      known = true;
      if (seconds !== null && thermalSeconds > seconds && events === eventsThen) events += 1;
      [seconds, eventsThen] = [thermalSeconds, events];
    },
    count() {
      standing = [];
      return known ? { value: events } : { value: null, reason: "the card does not tell why it lowers its clocks" };
    },
  };
}
