import { checkFile, type FilledTask, type KernelFillPlan, kernelHash } from "@partitune/schema";
import { type FillPlanInput, toFillPlan } from "@partitune/solver";
import { buildKernelProfile, type KernelEstimator, predictKernels } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { haveKernelChains, readKernelChain } from "../surrogate/fixtures/kernelChains.ts";
import { kernelsMade as made, type SyntheticRow, syntheticKernels } from "../surrogate/fixtures/syntheticKernels.ts";

const urgentTrace = syntheticKernels([
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
    [0, 105, 60_000, 1],
    [1, 210, 0, 0],
    [0, 120, 7_000, 1],
    [2, 11, 0, 0],
  ],
]);
const urgent = buildKernelProfile(urgentTrace, { made });
const low = (task: string, deviceName: string | null = "card") =>
  buildKernelProfile(
    syntheticKernels(
      [
        [
          [0, 5_000, 0, 0],
          [1, 7_000, 0, 0],
        ],
      ],
      { task, deviceName, gapsKnown: false },
    ),
    {
      made,
    },
  );
const expected: KernelFillPlan["expected"] = {
  steps: 3,
  delay: { mean: 1, longest: 2 },
  filled: { mean: 10, least: 8 },
};

function plan(changes: Partial<FillPlanInput> = {}): KernelFillPlan {
  return toFillPlan({ high: urgent, lows: [{ profile: low("other"), priority: 1 }], expected, made, ...changes });
}

/** As a run-time scheduler does: the hash by halving, then the entry by its occurrence, or that of the identity alone. */
function lookUp({ hashes, table }: FilledTask, hash: string, occurrence: number) {
  let [from, to] = [0, hashes.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (hashes[middle]! <= hash) from = middle;
    else to = middle;
  }
  if (hashes[from] !== hash) return undefined;
  const entries = table.filter(({ identity }) => identity === from);
  const alone = entries.find((entry) => entry.occurrence === null)!;
  const exact = entries.find((entry) => entry.occurrence === occurrence) ?? alone;
  return { execution: exact.execution.planned, idle: (exact.idle ?? alone.idle)?.planned ?? 0 };
}

describe("a fill plan", () => {
  test("is a file with a table for each task, by hash, then occurrence", () => {
    const made = plan();
    expect(checkFile(JSON.parse(JSON.stringify(made)), "kernel-fill-plan")).toEqual(made);
    const [high, other] = made.tasks;
    expect([high!.role, other!.role]).toEqual(["high", "low"]);
    expect(high!.hashes).toEqual(high!.hashes.toSorted());
    expect(high!.hashes).toEqual(high!.identities.map(kernelHash));
    const first = high!.identities.findIndex(({ name }) => name === "a");
    expect(high!.table.filter(({ identity }) => identity === first)).toEqual([
      {
        identity: first,
        occurrence: 0,
        samples: 3,
        execution: { q50: 104, q90: 105, planned: 105, longest: 105 },
        idle: { q10: 40_000, q50: 50_000, planned: 40_000 },
      },
      {
        identity: first,
        occurrence: 1,
        samples: 3,
        execution: { q50: 120, q90: 130, planned: 130, longest: 130 },
        idle: { q10: 7_000, q50: 8_000, planned: 7_000 },
      },
      {
        identity: first,
        occurrence: null,
        samples: 6,
        execution: { q50: 105, q90: 130, planned: 130, longest: 130 },
        idle: { q10: 7_000, q50: 9_000, planned: 7_000 },
      },
    ]);
    expect(other!.table.every(({ idle }) => idle === null)).toBe(true);
  });

  test("carries what the scheduler is told, and what was expected", () => {
    const settings = { minGap: 50_000, dispatch: 2_000, maxOverrun: 100_000, feedback: true } as const;
    expect(plan({ settings })).toMatchObject({
      ...settings,
      key: "occurrence",
      estimator: "quantile",
      executionQuantile: 0.9,
      idleQuantile: 0.1,
      disableBelowGain: 0.02,
      fit: "best-prio-fit",
      expected,
      deviceName: "card",
      synthetic: true,
    });
  });

  test("looked up by identity alone has one entry for each", () => {
    const [high] = plan({ settings: { key: "identity", estimator: "mean" } }).tasks;
    expect(high!.table.map(({ occurrence }) => occurrence)).toEqual([null, null, null]);
    const a = high!.table.find(({ identity }) => high!.identities[identity]!.name === "a")!;
    expect(a.execution.planned).toBe(112); // 669 / 6 = 111.5
    expect(a.idle!.planned).toBe(29_000);
  });

  test("gives each level in use a stream priority, the most urgent the lowest", () => {
    const lows = [
      { profile: low("x"), priority: 4 },
      { profile: low("y"), priority: 9 },
      { profile: low("z"), priority: 4 },
    ];
    expect(plan({ lows }).tasks.map(({ name, priority, streamPriority }) => [name, priority, streamPriority])).toEqual([
      ["urgent", 0, -2],
      ["x", 4, -1],
      ["y", 9, 0],
      ["z", 4, -1],
    ]);
  });

  test("says what voids it, with the device of each task", () => {
    const lows = [
      { profile: low("x", "another card"), priority: 1 },
      { profile: low("y", null), priority: 2 },
    ];
    expect(plan({ lows }).voidWhen[0]).toBe(
      'the device ("urgent" was traced on "card", "x" was traced on "another card", that of "y" is not known)',
    );
    expect(plan().voidWhen.length).toBeGreaterThan(4);
  });

  test("says that idle times are longer under a profiler, where its importer said so", () => {
    const warned = [{ code: "traced-idle-times", where: "w", cause: "c", advice: "a" }];
    expect(plan({ high: { ...urgent, warnings: warned } }).voidWhen.at(-1)).toBe(
      'tracing (idle times of "urgent" were recorded under a profiler, which lengthens them)',
    );
    expect(plan().voidWhen.join()).not.toContain("tracing");
  });

  test("answers every look-up as the predictions do that it was judged by, whatever the operations", () => {
    const row = fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 1e6 }), fc.nat(1e6), fc.constantFrom(0, 1, 2));
    const rows = fc.array(fc.array(row, { minLength: 2, maxLength: 8 }), { minLength: 1, maxLength: 5 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const estimators: fc.Arbitrary<KernelEstimator> = fc.record({
      key: fc.constantFrom("occurrence", "identity"),
      estimator: fc.constantFrom("quantile", "mean"),
      executionQuantile: part,
      idleQuantile: part,
    });
    fc.assert(
      fc.property(rows, fc.array(fc.nat(4), { minLength: 1 }), estimators, (steps, sequence, estimator) => {
        const trace = syntheticKernels([
          ...steps,
          [
            [4, 1, 1, 1],
            [3, 1, 0, 0],
          ],
        ] as SyntheticRow[][]);
        const high = buildKernelProfile(trace, { made });
        const [task] = plan({ high, settings: estimator }).tasks;
        const prediction = predictKernels(high, { identities: sequence }, estimator);
        for (const [i, identity] of sequence.entries()) {
          const occurrence = sequence.slice(0, i).filter((each) => each === identity).length;
          const found = lookUp(task!, kernelHash(trace.identities[identity]!), occurrence);
          expect(found?.execution ?? Number.POSITIVE_INFINITY).toBe(prediction.executions[i]);
          expect(found?.idle ?? 0).toBe(prediction.idles[i]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.skipIf(!haveKernelChains)("of real tasks finds every operation", () => {
    const trace = readKernelChain("resnet50_train_w0_a");
    const lows = [{ profile: buildKernelProfile(readKernelChain("reef_bert"), { made }), priority: 1 }];
    const [task] = plan({ high: buildKernelProfile(trace, { made }), lows }).tasks;
    for (const identity of new Set(trace.steps[0]!.identities))
      expect(lookUp(task!, kernelHash(trace.identities[identity]!), 0)).toBeDefined();
  });
});

describe("no fill plan is made", () => {
  const lows = (priority: number) => [{ profile: low("other"), priority }];

  test.each([
    [{ high: low("other") }, '"other" has execution times only, so its gaps are not known'],
    [{ lows: [] }, '"urgent" has nothing to fill its gaps with'],
    [{ lows: [{ profile: low("urgent"), priority: 1 }] }, '"urgent" occurs twice'],
    [{ lows: lows(0) }, '"other" has priority 0; give 1 to 9'],
    [{ lows: lows(10) }, '"other" has priority 10'],
    [{ settings: { idleQuantile: 2 } }, '"idleQuantile" is 2'],
    [{ settings: { dispatch: 0.5 } }, '"dispatch" is 0.5'],
    [{ settings: { maxOverrun: -1 } }, '"maxOverrun" is -1'],
  ] as const)("of %j", (changes, message) => {
    expect(() => plan(changes)).toThrow(message);
  });

  test("of identities with one hash", () => {
    const trace = syntheticKernels([
      [
        [0, 1, 1, 1],
        [1, 1, 0, 0],
      ],
    ]);
    const twins = { ...trace, identities: [trace.identities[0]!, trace.identities[0]!] };
    expect(() => plan({ high: buildKernelProfile(twins, { made }) })).toThrow("have the same hash");
  });
});
