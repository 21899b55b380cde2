import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildSteps } from "../../../../packages/profiler/src/importers/kernels/buildSteps.ts";
import type { DeviceOperations } from "../../../../packages/profiler/src/importers/kernels/deviceOperations.ts";

const identities = ["a", "b", "c"].map((name) => ({ name, grid: null, block: null }));

/** Start, end, launch, stream, identity. */
type Row = readonly [number, number, number, number, number];

function operationsOf(rows: readonly Row[]): DeviceOperations {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  return {
    starts: column(0),
    ends: column(1),
    launches: column(2),
    streams: column(3),
    identities: Int32Array.from(rows, (row) => row[4]),
  };
}

const whole = [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }];
const build = (rows: readonly Row[], windows = whole, skip?: number) =>
  buildSteps(operationsOf(rows), identities, windows, skip);

describe("idle time after an operation", () => {
  // Worked out by hand from the rules of the kinds: launched after the device fell idle; stalled from 10 µs on; neither.
  test("is empty, stalled or of no kind, and the last operation has none", () => {
    const rows: Row[] = [
      [0, 100, 0, 7, 0],
      [150, 200, 120, 7, 1],
      [10_200, 10_300, 150, 7, 2],
      [20_299, 20_400, 160, 7, 0],
      [20_400, 20_500, 20_450, 7, 1],
    ];
    expect(build(rows).steps).toEqual([
      {
        identities: [0, 1, 2, 0, 1],
        durations: [100, 50, 100, 101, 100],
        idles: [50, 10_000, 9_999, 0, 0],
        idleKinds: [1, 2, 0, 0, 0],
      },
    ]);
  });

  test("counts from the end of the longest operation so far; operations that overlap add what they add", () => {
    const rows: Row[] = [
      [0, 100, 0, 7, 0],
      [20, 50, 10, 8, 1],
      [90, 120, 11, 8, 2],
      [130, 140, 125, 7, 0],
    ];
    const built = build(rows);
    expect(built.steps[0]).toMatchObject({
      durations: [100, 0, 20, 10],
      idles: [0, 0, 10, 0],
      idleKinds: [0, 0, 1, 0],
    });
    expect(built).toMatchObject({ overlapsOfStreams: 2, overlapsOnStream: 0 });
    expect(build(rows.map(([start, end, launch, , id]) => [start, end, launch, 7, id])).overlapsOnStream).toBe(2);
  });
});

describe("steps", () => {
  const windows = [
    { start: 0, end: 100 },
    { start: 100, end: 200 },
    { start: 200, end: 300 },
  ];

  test("hold what was launched in them, however late it ran", () => {
    const built = build(
      [
        [500, 510, 0, 7, 2],
        [520, 530, 99, 7, 1],
        [540, 550, 100, 7, 1],
        [600, 610, 300, 7, 0],
        [620, 630, Number.NaN, 7, 0],
      ],
      windows,
    );
    expect(built.identities.map(({ name }) => name)).toEqual(["c", "b"]);
    expect(built.steps.map((step) => step.identities)).toEqual([[0, 1], [1]]);
    expect(built).toMatchObject({ between: [10], unlaunched: 1, outside: 1, emptyWindows: 1 });
  });

  test("that are nested give to the innermost", () => {
    const nested = [
      { start: 0, end: 100 },
      { start: 10, end: 20 },
      { start: 30, end: 40 },
    ];
    const rows: Row[] = [5, 15, 25, 35, 45].map((launch) => [launch, launch + 1, launch, 7, 0]);
    expect(build(rows, nested).steps.map((step) => step.identities.length)).toEqual([3, 1, 1]);
    expect(build(rows, nested).outside).toBe(0);
  });

  test("can be skipped at the beginning, with the identities that only they have", () => {
    const rows: Row[] = [
      [0, 10, 0, 7, 0],
      [110, 120, 110, 7, 1],
      [210, 220, 210, 7, 2],
    ];
    const built = build(rows, windows, 1);
    expect(built.identities.map(({ name }) => name)).toEqual(["b", "c"]);
    expect(built).toMatchObject({ skipped: { steps: 1, operations: 1 }, between: [90] });
    expect(build(rows, windows, 5)).toMatchObject({ steps: [], skipped: { steps: 3, operations: 3 } });
  });
});

const row = fc
  .tuple(fc.nat(2000), fc.nat(300), fc.nat(50), fc.nat(2), fc.nat(2))
  .map(([start, length, late, stream, id]): Row => [start, start + length, start - late, stream, id]);

test("durations and idle times add up to the span, and the order of the rows does not matter", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), fc.nat(), (rows, turn) => {
      const built = build(rows);
      const [step] = built.steps;
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      const span = Math.max(...rows.map(([, end]) => end)) - Math.min(...rows.map(([start]) => start));
      expect(sum(step!.durations) + sum(step!.idles)).toBe(span);
      const shift = turn % rows.length;
      expect(build([...rows.slice(shift), ...rows.slice(0, shift)].toReversed())).toEqual(built);
    }),
    { seed: 8 },
  );
});
