import type { Usage } from "@partitune/profiler";
import { expect, test } from "vitest";
import { meterStopped } from "../../packages/profiler/src/meterStopped.ts";

function joules(energyJoules: number | null): Usage {
  const nothing = { cpuSeconds: null, memoryPeakBytes: null, otherCpuSeconds: null, throttleEvents: null };
  return { ...nothing, energyJoules, reasons: {} };
}

test.each([
  ["a counter that goes on", [1, 5, 6], undefined],
  ["a device without a meter", [null, null, null], undefined],
  ["a meter that came late", [null, 5, 6], undefined],
  ["a counter that never moves", [1, 1, 1], "stood still while measuring"],
  ["a counter that starts again", [100, 3, 4], "stood still while measuring"],
  ["a counter that stops in the window", [1, 5, 5], "stopped while measuring"],
  ["a meter that goes away", [1, 5, null], "could not be read any more"],
] as const)("%s", (_, [before, after, later], words) => {
  const said = meterStopped({ before: joules(before), after: joules(after), later: joules(later) });
  if (words === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(words);
});
