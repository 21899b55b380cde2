import type { Run } from "@partitune/profiler";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packRuns, problemsOf, unpackRuns } from "../../../packages/profiler/src/kserve/packedRuns.ts";

const time = fc.double({ min: 0, max: 1e9, noNaN: true });
const run = fc
  .record(
    {
      start: time,
      end: time,
      intended: time,
      process: fc.nat(1000),
      outcome: fc.constantFrom("failed" as const, "timed-out" as const),
    },
    { requiredKeys: ["start", "end"] },
  )
  .map(
    (each): Run => ({
      ...each,
      service: each.end - each.start,
      ...(each.outcome === undefined ? {} : { problem: `it ${each.outcome} at ${each.end}` }),
    }),
  );

test("runs come out of the numbers as they went in", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 20 }), (runs) => {
      expect(unpackRuns(packRuns(runs), problemsOf(runs))).toEqual(runs);
    }),
  );
});
