import type { Seconds, ServedInference } from "@partitune/schema";
import type { WaitingRequest } from "../live/batcher.ts";
import type { GatheredWindows } from "./minibatch.ts";

/** Requests that are to be run together, since when they could be. */
export interface ReadyMinibatch {
  readonly ready: Seconds;
  readonly requests: readonly WaitingRequest[];
  readonly putOff: number;
}

/** Gathers the requests of one inference into minibatches. */
export interface Gatherer {
  readonly inference: ServedInference;
  /** Requests that wait and are in no minibatch yet. */
  readonly waiting: number;
  /** When a minibatch may next become ready of itself; Infinity when only a request can make it so. */
  readonly nextReady: Seconds;
  add(requests: readonly WaitingRequest[]): void;
  /** Minibatches that have become ready. */
  gatherUntil(now: Seconds): readonly ReadyMinibatch[];
  /** Everything that waits, at once, for an end. */
  flush(now: Seconds): readonly ReadyMinibatch[];
}

/**
 * A gatherer by the dispatcher that the plan names.
 *
 * - windowed: at every window's end what has come is ready, at most a minibatch; the rest waits for the next window;
 * - on-full: ready when the last request of a minibatch comes, or its first has waited for the plan's timeout.
 *
 * @param open  when the first window opens
 * @param onWindow  told of every window that closes
 */
export function gathererOf(
  inference: ServedInference,
  open: Seconds,
  onWindow: (window: GatheredWindows) => void,
): Gatherer {
  return inference.dispatcher === "windowed" ? windowed(inference, open, onWindow) : onFull(inference);
}

function windowed(inference: ServedInference, open: Seconds, onWindow: (window: GatheredWindows) => void): Gatherer {
  const { batch, windowSeconds, workload } = inference;
  const waiting: WaitingRequest[] = [];
  let came = 0;
  let putOff = 0;
  let window = 1;
  const close = (): readonly ReadyMinibatch[] => {
    const closed = open + window * windowSeconds;
    onWindow({ job: workload, opened: closed - windowSeconds, closed, came, overflowed: came > batch });
    const requests = waiting.splice(0, batch);
    const ready = { ready: closed, requests, putOff: Math.min(putOff, requests.length) };
    putOff = waiting.length;
    came = 0;
    window += 1;
    return requests.length === 0 ? [] : [ready];
  };
  return {
    inference,
    get waiting() {
      return waiting.length;
    },
    get nextReady() {
      return open + window * windowSeconds;
    },
    add(requests) {
      came += requests.length;
      waiting.push(...requests);
    },
    gatherUntil(now) {
      const ready: ReadyMinibatch[] = [];
      while (open + window * windowSeconds <= now) ready.push(...close());
      return ready;
    },
    flush: (now) => cut(waiting.splice(0), batch, now),
  };
}

function onFull(inference: ServedInference): Gatherer {
  const { batch, timeoutSeconds = Number.POSITIVE_INFINITY } = inference;
  const waiting: WaitingRequest[] = [];
  const isDue = (now: Seconds) => waiting.length > 0 && waiting[0]!.arrived + timeoutSeconds <= now;
  return {
    inference,
    get waiting() {
      return waiting.length;
    },
    get nextReady() {
      return waiting.length === 0 ? Number.POSITIVE_INFINITY : waiting[0]!.arrived + timeoutSeconds;
    },
    add(requests) {
      waiting.push(...requests);
    },
    gatherUntil(now) {
      const ready: ReadyMinibatch[] = [];
      while (waiting.length >= batch || isDue(now)) {
        const due = waiting[0]!.arrived + timeoutSeconds;
        const requests = waiting.splice(0, batch);
        const full = requests.length === batch ? requests.at(-1)!.arrived : due;
        ready.push({ ready: Math.min(full, due), requests, putOff: 0 });
      }
      return ready;
    },
    flush: (now) => cut(waiting.splice(0), batch, now),
  };
}

function cut(requests: readonly WaitingRequest[], batch: number, ready: Seconds): readonly ReadyMinibatch[] {
  const minibatches = Math.ceil(requests.length / batch);
  return Array.from({ length: minibatches }, (_, i) => ({
    ready,
    requests: requests.slice(i * batch, (i + 1) * batch),
    putOff: 0,
  }));
}
