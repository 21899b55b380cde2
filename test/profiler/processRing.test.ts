import { virtualClock } from "@partitune/profiler";
import { expect, test } from "vitest";
import { processRing } from "../../packages/profiler/src/processRing.ts";

test("one process runs one batch after the other", async () => {
  const clock = virtualClock();
  const next = processRing(clock, 1, () => 2);
  expect([await next(), await next()]).toEqual([
    { start: 0, end: 2, service: 2 },
    { start: 2, end: 4, service: 2 },
  ]);
});

test("several start one after the other, overlap, and are given as they end", async () => {
  const clock = virtualClock();
  const next = processRing(clock, 2, () => 4);
  const runs = [await next(), await next(), await next(), await next()];
  expect(runs.map(({ start, end, process }) => [process, start, end])).toEqual([
    [0, 0, 4],
    [1, 2, 6],
    [0, 4, 8],
    [1, 6, 10],
  ]);
  expect(clock.now()).toBe(10);
});

test("each has a time of its own, and all go on while one is waited for", async () => {
  const clock = virtualClock();
  const times = [4, 10, 4, 4, 4];
  const next = processRing(clock, 2, () => times.shift() ?? 4);
  const ends = [];
  for (let i = 0; i < 4; i++) ends.push((await next()).end);
  expect(ends).toEqual([4, 8, 12, 12]);
});

test("after a pause all start anew", async () => {
  const clock = virtualClock();
  const next = processRing(clock, 2, () => 4);
  await next();
  await clock.sleep(100);
  expect(await next()).toEqual({ start: 104, end: 108, service: 4, process: 0 });
});
