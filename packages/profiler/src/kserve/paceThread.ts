import { parentPort, workerData } from "node:worker_threads";
import { seededRandom } from "@partitune/numerics";
import type { Arrivals, Seconds } from "@partitune/schema";
import { arrivalTimes } from "../live/arrivalTimes.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { PaceOrder } from "./loadRequest.ts";

/**
 * Says when each batch of an open load is due. Timers tick in milliseconds, so it sleeps in the kernel until shortly before, and spins the rest;
 * it has no event loop to hold up.
 */
const { load, batch, origin, seed } = workerData as PaceOrder;

/** The kernel wakes a sleeper up to this late. At high rates less is spun: the server may need this processor. */
const wakeSeconds: Seconds = 1e-4;
const mostSpinning = 0.05;
const spinSeconds = Math.min(wakeSeconds, (mostSpinning * batch) / load.ratePerSecond);
const never = new Int32Array(new SharedArrayBuffer(4));

const times = arrivalTimes(toArrivals(), seededRandom(seed));
for (let next = times.next(); next.done !== true; next = times.next()) {
  const due = origin + next.value;
  waitUntil(due);
  parentPort!.postMessage(due);
}

function toArrivals(): Arrivals {
  const ratePerSecond = load.ratePerSecond / batch;
  return load.kind === "poisson"
    ? { kind: "poisson", ratePerSecond }
    : { kind: "periodic", ratePerSecond, jitter: 0, offsetSeconds: 0 };
}

function waitUntil(time: Seconds): void {
  const gap = time - monotonicSeconds() - spinSeconds;
  if (gap > 0) Atomics.wait(never, 0, 0, gap * 1e3);
  while (monotonicSeconds() < time);
}
