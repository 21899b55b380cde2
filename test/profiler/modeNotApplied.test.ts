import type { PowerSettings, Usage } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { modeNotApplied } from "../../packages/profiler/src/modeNotApplied.ts";

const mode = { name: "fast", cores: 8, gpuHertz: 624_750_000, powerCapWatts: 100 };

function usage(powerMode?: PowerSettings): Usage {
  return {
    cpuSeconds: null,
    memoryPeakBytes: null,
    energyJoules: null,
    otherCpuSeconds: null,
    throttleEvents: null,
    reasons: {},
    ...(powerMode === undefined ? {} : { powerMode }),
  };
}

function strayed(before: PowerSettings | undefined, after = before): string | undefined {
  return modeNotApplied(mode, usage(before), usage(after));
}

describe("a device was in its mode when", () => {
  test.each([
    ["it reports the same settings", { cores: 8, gpuHertz: 624_750_000, powerCapWatts: 100 }],
    ["it rounds a clock", { cores: 8, gpuHertz: 624_000_000, powerCapWatts: 100 }],
    ["it reports more than was set", { cores: 8, gpuHertz: 624_750_000, powerCapWatts: 100, memoryHertz: 1e9 }],
    ["it tells only some of it", { cores: 8 }],
    ["it tells nothing", undefined],
  ])("%s", (_, reported) => {
    expect(strayed(reported)).toBeUndefined();
  });
});

describe("a device was not in its mode when it reports", () => {
  test.each([
    ["fewer cores", { ...mode, cores: 4 }, "it reported 4 cores, asked for 8 cores"],
    [
      "the next lower clock",
      { ...mode, gpuHertz: 612e6 },
      "a GPU clock of 612 MHz, asked for a GPU clock of 624.75 MHz",
    ],
    ["a higher cap", { ...mode, powerCapWatts: 125 }, "a power cap of 125 W, asked for a power cap of 100 W"],
  ])("%s, at either end", (_, other, words) => {
    const own = { cores: 8, gpuHertz: 624_750_000 };
    expect(strayed(own, other)).toContain(words);
    expect(strayed(other, own)).toContain(words);
    expect(strayed(other)).toMatch(/^the device was not in power mode "fast": /);
  });
});
