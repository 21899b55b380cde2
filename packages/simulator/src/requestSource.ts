import type { PerSecond, Seconds } from "@partitune/schema";
import type { ArrivalTimes } from "./arrivalTimes.ts";

/** The requests of one inference workload in order of arrival, made as they are read. */
export interface RequestSource {
  /** When the next request arrives; Infinity when none comes any more, or none is decided yet. */
  readonly next: Seconds;
  /** Takes it. */
  advance(): void;
  /** Tells that a window has opened in which a minibatch is gathered. Only one who attacks the plan listens. */
  openWindow(open: Seconds, close: Seconds, most: number): void;
  /** Tells that minibatches are served as soon as they are full from now on. Only one who attacks the plan listens. */
  openStream(open: Seconds, close: Seconds, rate: PerSecond): void;
}

const deaf = { openWindow: () => {}, openStream: () => {} };

/** Times of a stream, read in chunks. */
export function streamedSource(arrivals: ArrivalTimes): RequestSource {
  const buffer = new Float64Array(512);
  arrivals.fill(buffer, 0);
  let i = 0;
  return {
    ...deaf,
    get next() {
      return buffer[i]!;
    },
    advance() {
      i += 1;
      if (i < buffer.length) return;
      arrivals.fill(buffer, 0);
      i = 0;
    },
  };
}

/** A stretch of time with one rate. */
export interface RateSegment {
  readonly until: Seconds;
  /** 0: nothing comes. */
  readonly rate: PerSecond;
}

/**
 * Requests at a rate that changes, by time change: gaps are drawn at rate 1 and stretched by the rate in force.
 *
 * @param segments  from time 0 on, in order
 * @param drawGap  gap to the next request in mean gaps: always 1 for even requests, exponential for Poisson ones
 * @param firstGap  of the first request, in mean gaps
 */
export function ratedSource(
  segments: readonly RateSegment[],
  drawGap: () => number,
  firstGap: number = drawGap(),
): RequestSource {
  let segment = 0;
  let next = after(0, firstGap);
  function after(time: Seconds, gap: number): Seconds {
    let from = time;
    for (let left = gap; segment < segments.length; segment++) {
      const { until, rate } = segments[segment]!;
      const room = (until - from) * rate;
      if (rate > 0 && left < room) return from + left / rate;
      left -= rate === 0 ? 0 : room;
      from = until;
    }
    return Number.POSITIVE_INFINITY;
  }
  return {
    ...deaf,
    get next() {
      return next;
    },
    advance() {
      next = after(next, drawGap());
    },
  };
}
