import { hypervolume, paretoFront, type Random, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test("small volumes, computed by hand", () => {
  expect(
    hypervolume(
      [
        [0, 1],
        [0.5, 0.5],
        [1, 0],
      ],
      [2, 2],
    ),
  ).toBe(3.25);
  expect(
    hypervolume(
      [
        [1, 0, 1],
        [1, 1, 0],
        [-1, 2, 2],
      ],
      [5, 5, 5],
    ),
  ).toBe(114);
  expect(hypervolume([[1], [0.25]], [2])).toBe(1.75);
  expect(hypervolume([[0, 0, 0, 0]], [1, 2, 3, 4])).toBe(24);
  expect(hypervolume([], [1, 1])).toBe(0);
});

const steps = 20_000;
const along = (from: number, to: number, f: (x: number) => number): number[][] =>
  Array.from({ length: steps + 1 }, (_, i) => {
    const x = from + ((to - from) * i) / steps;
    return [x, f(x)];
  });

const harmonic31 = Array.from({ length: 31 }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b);
const zdt3 = (x: number) => 1 - Math.sqrt(x) - x * Math.sin(10 * Math.PI * x);
const zdt3Segments = [
  [0, 0.0830015349],
  [0.182228728, 0.2577623634],
  [0.4093136748, 0.4538821041],
  [0.6183967944, 0.6525117038],
  [0.8233317983, 0.8518328654],
] as const;

// closed forms of the continuous fronts (Zitzler, Deb and Thiele 2000; Deb et al. 2005): [problem, front, reference, volume, tolerance]
const fronts: readonly (readonly [string, readonly (readonly number[])[], readonly number[], number, number])[] = [
  ["ZDT1", along(0, 1, (x) => 1 - Math.sqrt(x)), [1.1, 1.1], 1.21 - 1 / 3, 1e-4],
  ["ZDT1 far", along(0, 1, (x) => 1 - Math.sqrt(x)), [11, 11], 121 - 1 / 3, 1e-4],
  ["ZDT2", along(0, 1, (x) => 1 - x * x), [1.1, 1.1], 1.21 - 2 / 3, 1e-4],
  ["ZDT2 far", along(0, 1, (x) => 1 - x * x), [11, 11], 121 - 2 / 3, 1e-4],
  ["ZDT3", zdt3Segments.flatMap(([from, to]) => along(from, to, zdt3)), [1.1, 1.1], 1.331763, 1e-4],
  ["ZDT3 far", zdt3Segments.flatMap(([from, to]) => along(from, to, zdt3)), [11, 11], 128.778116, 1e-4],
  ["ZDT5", Array.from({ length: 31 }, (_, i) => [i + 1, 10 / (i + 1)]), [32, 11], 341 - 10 * harmonic31, 1e-9],
  ["ZDT6", along(0.2807753191, 1, (x) => 1 - x * x), [1.1, 1.1], 0.507878, 1e-4],
  ["ZDT6 far", along(0.2807753191, 1, (x) => 1 - x * x), [11, 11], 117.518202, 1e-4],
  ["DTLZ1, 2 objectives", along(0, 0.5, (x) => 0.5 - x), [1, 1], 0.875, 1e-4],
  ["DTLZ2, 2 objectives", along(0, 1, (x) => Math.sqrt(1 - x * x)), [1.1, 1.1], 1.21 - Math.PI / 4, 1e-4],
  ["SRN", along(24.5, 212.4196, (x) => -0.25 - x), [250, 50], 41_575.1068, 2],
];

test.each(fronts)(
  "%s: the sampled front comes near the closed form from below",
  (_, front, reference, volume, tolerance) => {
    const found = hypervolume(front, reference);
    expect(found).toBeLessThanOrEqual(volume + 1e-6);
    expect(volume - found).toBeLessThan(tolerance);
  },
);

test("ZDT5 at (32, 11) is 300.727548", () => {
  expect(341 - 10 * harmonic31).toBeCloseTo(300.727548, 6);
});

// r^m − π^(m/2) / (Γ(m/2 + 1) 2^m) at r = 1.1; DTLZ1: r^m − 0.5^m / m! at r = 1
test("DTLZ2 with three objectives: .807401", () => {
  const n = 400;
  const front: number[][] = [];
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= n; j++) {
      const [a, b] = [(i / n) * (Math.PI / 2), (j / n) * (Math.PI / 2)];
      front.push([Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)]);
    }
  }
  const found = hypervolume(front, [1.1, 1.1, 1.1]);
  expect(found).toBeLessThan(0.807401);
  expect(found).toBeGreaterThan(0.807401 - 4e-3);
});

test("DTLZ1 with three objectives: .979167", () => {
  const n = 300;
  const front: number[][] = [];
  for (let i = 0; i <= n; i++) for (let j = 0; i + j <= n; j++) front.push([i, j, n - i - j].map((x) => x / (2 * n)));
  const found = hypervolume(front, [1, 1, 1]);
  expect(found).toBeLessThan(0.979167);
  expect(found).toBeGreaterThan(0.979167 - 5e-4);
});

test("DTLZ2 with four objectives nears 1.155675 as points are added", () => {
  const random = seededRandom("dtlz2");
  const sphere = Array.from({ length: 500 }, () => onSphere(random, 4));
  const found = [50, 150, 500].map((n) => hypervolume(sphere.slice(0, n), [1.1, 1.1, 1.1, 1.1]));
  expect(found[0]!).toBeLessThan(found[1]!);
  expect(found[1]!).toBeLessThan(found[2]!);
  expect(found[2]!).toBeLessThan(1.155675);
  expect(found[2]!).toBeGreaterThan(0.95);
});

/** Counts unit cells below the reference that some point dominates: exact for whole coordinates. */
function countCells(rows: readonly (readonly number[])[], size: number, m: number): number {
  let cells = 0;
  for (let cell = 0; cell < size ** m; cell++) {
    const corner = Array.from({ length: m }, (_, j) => Math.floor(cell / size ** j) % size);
    if (rows.some((row) => row.every((x, j) => x <= corner[j]!))) cells++;
  }
  return cells;
}

test.each([1, 2, 3, 4, 5])(
  "with %d objectives it equals a count of unit cells, repeated and outside points included",
  (m) => {
    const row = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: m, maxLength: m });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        expect(hypervolume(rows, new Array<number>(m).fill(5))).toBe(countCells(rows, 5, m));
      }),
      { seed: 13, numRuns: 80 },
    );
  },
);

test.each([2, 3, 4])("with %d objectives it agrees with a random estimate on real numbers", (m) => {
  const random = seededRandom(`estimate ${m}`);
  const rows = Array.from({ length: 60 }, () => onSphere(random, m));
  const reference = new Array<number>(m).fill(1);
  let inside = 0;
  const draws = 20_000;
  for (let k = 0; k < draws; k++) {
    const place = reference.map(() => random.next());
    if (rows.some((row) => row.every((x, j) => x <= place[j]!))) inside++;
  }
  expect(Math.abs(hypervolume(rows, reference) - inside / draws)).toBeLessThan(0.015);
});

test("dominated points, repeated ones and the order of all change nothing", () => {
  const random = seededRandom("invariance");
  for (const m of [2, 3, 4]) {
    const rows = Array.from({ length: 150 }, () => Array.from({ length: m }, () => random.next()));
    const reference = new Array<number>(m).fill(0.9);
    const volume = hypervolume(rows, reference);
    const front = paretoFront(rows).map((i) => rows[i]!);
    expect(hypervolume(front, reference)).toBeCloseTo(volume, 12);
    expect(hypervolume(random.shuffle([...rows, ...front]), reference)).toBeCloseTo(volume, 12);
    expect(
      hypervolume(
        rows.map((row) => [...row].reverse()),
        reference,
      ),
    ).toBeCloseTo(volume, 12);
  }
});

test("a flat array gives the same volume as rows", () => {
  const random = seededRandom("flat volume");
  const rows = Array.from({ length: 200 }, () => onSphere(random, 3));
  expect(hypervolume(Float64Array.from(rows.flat()), [2, 2, 2])).toBe(hypervolume(rows, [2, 2, 2]));
});

test("points beyond the reference, on it, or with a NaN contribute nothing", () => {
  expect(
    hypervolume(
      [
        [0, 3],
        [3, 0],
        [2, 1],
        [Number.NaN, 0],
      ],
      [2, 2],
    ),
  ).toBe(0);
  expect(
    hypervolume(
      [
        [0, 3],
        [1, 1],
        [Number.POSITIVE_INFINITY, 0],
      ],
      [2, 2],
    ),
  ).toBe(1);
});

test("infinite volumes and unfit points are refused", () => {
  expect(() => hypervolume([[1, 1]], [2, Number.POSITIVE_INFINITY])).toThrow("reference");
  expect(() => hypervolume([[1, Number.NEGATIVE_INFINITY]], [2, 2])).toThrow("point 0 dominates an infinite volume");
  expect(() => hypervolume([[1, 1, 1]], [2, 2])).toThrow("expected 2");
  expect(() => hypervolume([[1]], [])).toThrow("at least one objective");
});

function onSphere(random: Random, m: number): number[] {
  const row = Array.from({ length: m }, () => Math.abs(random.normal()));
  const length = Math.hypot(...row);
  return row.map((x) => x / length);
}
