import type { Seconds } from "@partitune/schema";
import type { LoadStream } from "./load.ts";

/** Times of a stream that begins later, and perhaps ends. */
export function* delayedTimes(
  times: Iterator<Seconds, undefined>,
  { startSeconds = 0, endSeconds = Number.POSITIVE_INFINITY }: Pick<LoadStream, "startSeconds" | "endSeconds">,
): Generator<Seconds, undefined> {
  for (let next = times.next(); next.done !== true; next = times.next()) {
    const time = startSeconds + next.value;
    if (time >= endSeconds) return;
    yield time;
  }
}
