import { describe, expect, test } from "vitest";
import { clockReasonsOf } from "../../../packages/profiler/src/nvidia/clockReasonsOf.ts";
import { countThrottles } from "../../../packages/profiler/src/nvidia/countThrottles.ts";

describe("clock reasons", () => {
  // Bits of nvmlClocksEventReason… in the public header.
  test.each([
    [0x0n, []],
    [0x1n, ["idle"]],
    [0x4n, ["power-cap"]],
    [0x68n, ["hardware-slowdown", "thermal-software", "thermal-hardware"]],
    [0x780n, ["power-brake", "display-clock", "board-limit", "reliability"]],
    [0x8000_0000_0000_0002n, ["clock-setting", "other"]],
  ] as const)("mask %s", (mask, reasons) => {
    expect(clockReasonsOf(mask)).toEqual(reasons);
  });
});

describe("throttle events", () => {
  test("a card that protects itself is counted when it begins, a power cap never", () => {
    const count = countThrottles();
    for (const reasons of [["power-cap"], ["power-cap", "thermal-hardware"], ["thermal-hardware"], [], ["power-brake"]])
      count.push(reasons);
    expect(count.count()).toEqual({ value: 2 });
  });

  test("what lasts all through a window shows in the difference of its two counts", () => {
    const count = countThrottles();
    count.push(["thermal-software"]);
    const before = count.count().value!;
    count.push(["thermal-software"]);
    count.push(["thermal-software"]);
    expect(count.count().value! - before).toBe(1);
  });

  test("time held down that no reading saw is an event, and not a second one where a reading saw it", () => {
    const count = countThrottles();
    count.violated(5);
    count.push([]);
    count.violated(5.2);
    expect(count.count().value).toBe(1);
    count.push(["thermal-hardware"]);
    count.violated(6);
    expect(count.count().value).toBe(2);
  });

  test("a card that tells neither is null with a reason", () => {
    const count = countThrottles();
    count.push(null);
    count.violated(null);
    expect(count.count()).toEqual({ value: null, reason: "the card does not tell why it lowers its clocks" });
  });
});
