import { virtualClock } from "@partitune/profiler";
import { expect, test } from "vitest";

test("time stands still but for sleep, and sleep takes no real time", async () => {
  const clock = virtualClock();
  expect(clock.now()).toBe(0);
  await clock.sleep(3600);
  expect(clock.now()).toBe(3600);
  expect(new Date(clock.wall() * 1e3).toISOString()).toBe("2000-01-01T01:00:00.000Z");
});

test("several sleepers wake in the order of time, and of falling asleep where it is the same", async () => {
  const clock = virtualClock();
  const woken: string[] = [];
  const loop = async (name: string, period: number, count: number) => {
    for (let i = 0; i < count; i++) {
      await clock.sleep(period);
      woken.push(`${name}${clock.now()}`);
    }
  };
  await Promise.all([loop("a", 2, 3), loop("b", 3, 2)]);
  expect(woken).toEqual(["a2", "b3", "a4", "b6", "a6"]);
});
