import { type Gatherer, type GathererInput, type ReadyMinibatch, roundingAt, windowsUntil } from "./gatherer.ts";

/**
 * Gathers until a minibatch is full, or its first request has waited as long as the plan's timeout allows. When the period ends,
 * what has been gathered is ready as it is.
 */
export function onFullGatherer({ inference, source, queue, tally, open, end }: GathererInput): Gatherer {
  const { batch, windowSeconds, ratePerSecond, timeoutSeconds = Number.POSITIVE_INFINITY } = inference;
  const ready: ReadyMinibatch[] = [];
  const closeAt = Math.max(open, end);
  source.openStream(open, closeAt, ratePerSecond);
  let nextReady = whenReady();

  /** Looks ahead only as far as the minibatch reaches. */
  function whenReady(): number {
    while (queue.gathered < batch && source.next < closeAt) {
      queue.add(source.next);
      source.advance();
    }
    if (queue.gathered === 0) return closeAt;
    const full = queue.gathered >= batch ? queue.arrival(batch - 1) : closeAt;
    return Math.min(full, queue.arrival(0) + timeoutSeconds, closeAt);
  }

  function gather(): void {
    const now = nextReady;
    let size = 0;
    while (size < batch && size < queue.gathered && queue.arrival(size) <= now) size += 1;
    if (size > 0) ready.push({ size, putOff: 0 });
    queue.take(size);
    nextReady = now >= closeAt && (queue.gathered === 0 || size === 0) ? Number.POSITIVE_INFINITY : whenReady();
  }

  return {
    inference,
    queue,
    tally,
    ready,
    putOff: 0,
    open,
    closeAt,
    get nextReady() {
      return nextReady;
    },
    gatherUntil(now) {
      while (nextReady <= now + roundingAt(now, windowSeconds)) gather();
    },
    windowEndFrom: (time) => open + Math.max(1, windowsUntil(open, time, windowSeconds)) * windowSeconds,
  };
}
