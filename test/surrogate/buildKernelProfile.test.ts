import { checkFile, kernelProfile } from "@partitune/schema";
import { buildKernelProfile } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsMade as made, type SyntheticRow, syntheticKernels } from "./fixtures/syntheticKernels.ts";

const steps: readonly (readonly SyntheticRow[])[] = [
  [
    [0, 100, 50_000, 1],
    [1, 200, 0, 0],
    [0, 110, 9_000, 1],
    [2, 10, 0, 0],
  ],
  [
    [0, 104, 40_000, 1],
    [1, 190, 0, 0],
    [0, 130, 8_000, 1],
    [2, 12, 0, 0],
  ],
  [
    [0, 102, 60_000, 1],
    [1, 210, 0, 0],
    [0, 120, 7_000, 2],
    [2, 11, 0, 0],
  ],
];

const row = fc.tuple(fc.nat(4), fc.nat(100_000), fc.nat(100_000), fc.constantFrom(0, 1, 2));
const anySteps = fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 });

function build(trace = syntheticKernels(steps), options = {}) {
  return buildKernelProfile(trace, { made, ...options });
}

describe("a profile", () => {
  test("has samples of each identity by its occurrence, then of the identity alone", () => {
    expect(build().keys).toEqual([
      { identity: 0, occurrence: 0, executions: [100, 102, 104], idles: [40_000, 50_000, 60_000] },
      { identity: 0, occurrence: 1, executions: [110, 120, 130], idles: [7_000, 8_000, 9_000] },
      {
        identity: 0,
        occurrence: null,
        executions: [100, 102, 104, 110, 120, 130],
        idles: [7_000, 8_000, 9_000, 40_000, 50_000, 60_000],
      },
      { identity: 1, occurrence: 0, executions: [190, 200, 210], idles: [0, 0, 0] },
      { identity: 1, occurrence: null, executions: [190, 200, 210], idles: [0, 0, 0] },
      { identity: 2, occurrence: 0, executions: [10, 11, 12], idles: [] },
      { identity: 2, occurrence: null, executions: [10, 11, 12], idles: [] },
    ]);
  });

  test("says how idle time divides, in means over steps", () => {
    const { busyFraction, idle, gain, why, operationsPerStep } = build();
    const busy = (420 + 436 + 443) / 3;
    expect(operationsPerStep).toBe(4);
    expect(idle).toEqual({ perStep: 174_000 / 3, empty: 167_000 / 3, fillable: 50_000 });
    expect(busyFraction).toBeCloseTo(busy / (busy + 58_000), 12);
    expect(gain).toBe("worthwhile");
    expect(why).toBe(
      "gaps of at least 25 µs after which nothing was launched hold 0.050 ms of a step of 0.058 ms (85.6 %)",
    );
  });

  test("says that there is nothing to gain where gaps hold less than 2 % of a step, with the number", () => {
    const { gain, why } = build(
      syntheticKernels([
        [
          [0, 2_000_000, 30_000, 1],
          [1, 1, 9_000, 1],
          [0, 1, 0, 0],
        ],
      ]),
    );
    expect(gain).toBe("nothing-to-gain");
    expect(why).toContain("hold 0.030 ms of a step of 2.039 ms (1.5 %), less than 2 %: no plan is recommended");
  });

  test("tells stalls from gaps that can be filled", () => {
    const { gain, why } = build(
      syntheticKernels([
        [
          [0, 100_000, 90_000, 2],
          [1, 100_000, 0, 0],
        ],
      ]),
    );
    expect(gain).toBe("nothing-to-gain");
    expect(why).toContain("mostly while launched operations wait");
  });

  test("leaves out warm-up and held-out steps", () => {
    expect(build(undefined, { warmupSteps: 1, without: [2] }).keys[0]).toEqual({
      identity: 0,
      occurrence: 0,
      executions: [104],
      idles: [40_000],
    });
  });

  test("says whether all steps run the same, and how much only the identity helps with", () => {
    expect(build().sequence).toEqual({ identical: true, positionsThatDiffer: 0, fallbackFraction: 0 });
    const changing = syntheticKernels([
      [
        [0, 1, 0, 0],
        [1, 1, 0, 0],
      ],
      [
        [0, 1, 0, 0],
        [0, 1, 0, 0],
        [2, 1, 0, 0],
      ],
    ]);
    expect(build(changing).sequence).toEqual({ identical: false, positionsThatDiffer: 2, fallbackFraction: 3 / 5 });
    expect(build(changing).warnings.map(({ code }) => code)).toContain("changing-sequence");
  });

  test("says how much times scatter, weighted by time", () => {
    const { spread } = build(
      syntheticKernels([
        [
          [0, 100, 10, 1],
          [1, 300, 0, 0],
        ],
        [
          [0, 100, 30, 1],
          [1, 500, 0, 0],
        ],
      ]),
    );
    expect(spread.executions).toBeCloseTo((2 * Math.sqrt(20_000)) / 1000, 12);
    expect(spread.idles).toBeCloseTo(Math.sqrt(200) / 20, 12);
    expect(build(syntheticKernels([steps[0]!])).spread).toEqual({ executions: null, idles: null });
  });

  test("of any steps is a file, counts every operation, and keeps every key's samples ascending", () => {
    fc.assert(
      fc.property(anySteps, (rows) => {
        fc.pre(rows.flat().some(([, duration]) => duration > 0));
        const profile = build(syntheticKernels(rows as SyntheticRow[][]));
        expect(kernelProfile.safeParse(profile).success).toBe(true);
        const alone = profile.keys.filter(({ occurrence }) => occurrence === null);
        const counted = (of: "executions" | "idles") => alone.reduce((total, key) => total + key[of].length, 0);
        expect(counted("executions")).toBe(rows.flat().length);
        expect(counted("idles")).toBe(rows.flat().length - rows.length);
        for (const { executions } of profile.keys) expect(executions).toEqual(executions.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  test("keeps its order of keys when steps are added", () => {
    fc.assert(
      fc.property(anySteps, anySteps, (some, more) => {
        const keysOf = (rows: readonly (readonly SyntheticRow[])[]) =>
          build(
            syntheticKernels([
              [
                [0, 1, 0, 0],
                [4, 1, 0, 0],
              ],
              ...rows,
            ]),
          ).keys;
        const before = keysOf(some as SyntheticRow[][]);
        const after = keysOf([...some, ...more] as SyntheticRow[][]);
        const names = (keys: typeof before) => keys.map(({ identity, occurrence }) => `${identity}/${occurrence}`);
        const kept = new Set(names(before));
        expect(names(after).filter((each) => kept.has(each))).toEqual(names(before));
      }),
      { numRuns: 50 },
    );
  });
});

describe("what a profile warns of", () => {
  const codes = (trace = syntheticKernels(steps), options = {}) =>
    build(trace, options).warnings.map(({ code }) => code);

  test("three steps alike raise no warning", () => {
    expect(codes()).toEqual([]);
  });

  test("fewer than three steps are too few for quantiles", () => {
    expect(codes(undefined, { without: [0] })).toEqual(["few-steps"]);
    expect(build(syntheticKernels([steps[0]!])).warnings[0]!.cause).toBe(
      "1 step is too few to tell how much times scatter, so quantiles mean little",
    );
  });

  test("a slow first step may still warm up", () => {
    const slow = steps[0]!.map(
      ([identity, duration, idle, kind]): SyntheticRow => [identity, 2 * duration, 2 * idle, kind],
    );
    expect(codes(syntheticKernels([slow, ...steps]))).toEqual(["slow-first-step"]);
    expect(codes(syntheticKernels([slow, ...steps]), { warmupSteps: 1 })).toEqual([]);
  });

  test("without known gaps there are execution times only, and nothing to gain", () => {
    const profile = build(syntheticKernels(steps, { gapsKnown: false }));
    expect(profile.keys.every(({ idles }) => idles.length === 0)).toBe(true);
    expect(profile.gain).toBe("nothing-to-gain");
    expect(profile.why).toMatch(/^execution times only/);
    expect(profile.warnings.map(({ code }) => code)).toEqual(["execution-times-only"]);
    expect(kernelProfile.safeParse(profile).success).toBe(true);
  });

  test("what the trace warned of is passed on, once", () => {
    const said = { where: "trace.json", cause: "c", advice: "a" };
    const trace = syntheticKernels([steps[0]!], {
      warnings: [
        { code: "few-steps", ...said },
        { code: "traced-idle-times", ...said },
      ],
    });
    expect(codes(trace)).toEqual(["traced-idle-times", "few-steps"]);
  });
});

describe("bad input", () => {
  test.each([
    ["no step is left", steps, { warmupSteps: 3 }, '"urgent" has 3 steps, and all are left out; record more'],
    ["a held-out step does not exist", steps, { without: [7] }, "does not exist; it has 3, counted from 0"],
    ["warm-up is no count", steps, { warmupSteps: -1 }, '"warmupSteps" is -1'],
    ["the least gap is no time", steps, { minGap: 0.5 }, '"minGap" is 0.5'],
    ["there is no step at all", [], {}, '"urgent" has 0 steps, and all are left out'],
    ["steps are empty", [[]], {}, '"urgent" runs nothing that takes time'],
  ] as const)("is refused when %s", (_, rows, options, message) => {
    expect(() => build(syntheticKernels(rows), options)).toThrow(message);
  });

  test("is refused when an operation has no identity", () => {
    const trace = syntheticKernels(steps);
    expect(() => build({ ...trace, identities: trace.identities.slice(0, 2) })).toThrow(
      'identity 2 of "urgent" does not exist',
    );
  });

  test("a profile written and read again is the same", () => {
    const profile = build();
    expect(checkFile(JSON.parse(JSON.stringify(profile)), "kernel-profile")).toEqual(profile);
  });
});
