import { seededRandom } from "@partitune/numerics";
import { expect, test } from "vitest";
import { arrivalTimes } from "../../../packages/profiler/src/live/arrivalTimes.ts";
import { delayedTimes } from "../../../packages/profiler/src/live/delayedTimes.ts";

const even = () => arrivalTimes({ kind: "periodic", ratePerSecond: 2, jitter: 0, offsetSeconds: 0 }, seededRandom(1));

test("a stream begins later and ends", () => {
  expect([...delayedTimes(even(), { startSeconds: 3, endSeconds: 4.5 })]).toEqual([3, 3.5, 4]);
});

test("a stream comes all the time where nothing else is said, and ends with its recording", () => {
  const times = delayedTimes(even(), {});
  expect([times.next().value, times.next().value]).toEqual([0, 0.5]);
  const recorded = arrivalTimes({ kind: "recorded", times: [0.1, 0.7], repeat: false }, seededRandom(1));
  expect([...delayedTimes(recorded, { startSeconds: 1 })]).toEqual([1.1, 1.7]);
});
