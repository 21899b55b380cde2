import { type Gatherer, type GathererInput, type ReadyMinibatch, roundingAt, windowsUntil } from "./gatherer.ts";

/**
 * Gathers by the clock: at every window's end what has come is ready, at most a minibatch; the rest waits for the next window.
 *
 * A request that comes just as a window ends belongs to the next one.
 */
export function windowedGatherer({ inference, source, queue, tally, open, end }: GathererInput): Gatherer {
  const { batch, windowSeconds } = inference;
  const windows = windowsUntil(open, end, windowSeconds);
  const endOf = (window: number) => open + window * windowSeconds;
  const ready: ReadyMinibatch[] = [];
  let window = 1;
  let nextReady = Number.POSITIVE_INFINITY;
  let putOff = queue.gathered;
  openNext();

  function openNext(): void {
    if (window > windows) {
      nextReady = Number.POSITIVE_INFINITY;
      return;
    }
    nextReady = endOf(window);
    source.openWindow(endOf(window - 1), nextReady, batch);
  }

  function closeWindow(): void {
    const until = nextReady - roundingAt(nextReady, windowSeconds);
    let came = 0;
    for (; source.next < until; came++) {
      queue.add(source.next);
      source.advance();
    }
    tally.windows += 1;
    if (came > batch) tally.overflowed += 1;
    const size = Math.min(batch, queue.gathered);
    if (size > 0) ready.push({ size, putOff: Math.min(size, putOff) });
    queue.take(size);
    putOff = queue.gathered;
    window += 1;
    openNext();
  }

  return {
    inference,
    queue,
    tally,
    ready,
    open,
    get putOff() {
      return putOff;
    },
    closeAt: endOf(windows),
    get nextReady() {
      return nextReady;
    },
    gatherUntil(now) {
      while (nextReady <= now + roundingAt(now, windowSeconds)) closeWindow();
    },
    windowEndFrom: (time) => endOf(Math.max(1, windowsUntil(open, time, windowSeconds))),
  };
}
