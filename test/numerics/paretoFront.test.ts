import { dominates, paretoFront, type Random, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

/** The definition itself, quadratic. */
function bruteFront(rows: readonly (readonly number[])[]): number[] {
  const valid = (row: readonly number[]) => !row.some(Number.isNaN);
  return rows.flatMap((row, i) => (valid(row) && !rows.some((other) => dominates(other, row)) ? [i] : []));
}

function rowsOf(n: number, draw: () => readonly number[]): number[][] {
  return Array.from({ length: n }, () => [...draw()]);
}

test("small fronts, written out", () => {
  expect(paretoFront([])).toEqual([]);
  expect(
    paretoFront([
      [1, 3],
      [2, 2],
      [2, 4],
    ]),
  ).toEqual([0, 1]);
  expect(
    paretoFront([
      [1, 1, 1],
      [1, 1, 2],
      [0, 2, 2],
    ]),
  ).toEqual([0, 2]);
  expect(paretoFront([[3], [1], [2], [1]])).toEqual([1, 3]);
});

test("equal points do not dominate each other: all stay", () => {
  for (const m of [1, 2, 3, 4]) {
    const rows = [new Array<number>(m).fill(1), new Array<number>(m).fill(2), new Array<number>(m).fill(1)];
    expect(paretoFront(rows)).toEqual([0, 2]);
  }
});

test("a point with a NaN is never on the front and removes nobody", () => {
  expect(
    paretoFront([
      [Number.NaN, 0],
      [1, 1],
      [0, Number.NaN],
    ]),
  ).toEqual([1]);
  expect(paretoFront([[Number.NaN, Number.NaN, 0]])).toEqual([]);
});

test("infinite objectives are compared like others", () => {
  const far = Number.POSITIVE_INFINITY;
  expect(
    paretoFront([
      [far, far],
      [far, 1],
      [1, far],
    ]),
  ).toEqual([1, 2]);
  expect(paretoFront([[far, far]])).toEqual([0]);
  expect(
    paretoFront([
      [far, far, far],
      [far, far, -far],
      [-far, far, far],
    ]),
  ).toEqual([1, 2]);
});

test.each([1, 2, 3, 4, 5])("with %d objectives it agrees with the definition, ties and NaN included", (m) => {
  const coordinate = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 2, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(0, -0) },
  );
  const row = fc.array(coordinate, { minLength: m, maxLength: m });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), (rows) => {
      expect(rows.length === 0 ? [] : paretoFront(rows)).toEqual(bruteFront(rows));
    }),
    { seed: 12, numRuns: 150 },
  );
});

const shapes: readonly (readonly [string, (random: Random, m: number) => number[]])[] = [
  ["uniform", (random, m) => Array.from({ length: m }, () => random.next())],
  ["on a coarse grid", (random, m) => Array.from({ length: m }, () => random.integer(40))],
  [
    "on a sphere, so that all are on the front",
    (random, m) => {
      const row = Array.from({ length: m }, () => Math.abs(random.normal()));
      const length = Math.hypot(...row);
      return row.map((x) => -x / length);
    },
  ],
  [
    "anticorrelated and of very different scales",
    (random, m) => {
      const x = random.normal();
      return Array.from({ length: m }, (_, j) => (j % 2 === 0 ? 1e6 * x : -x) + 0.1 * random.normal());
    },
  ],
];

// above 2048 points the cull is at work
test.each(shapes.flatMap(([name, draw]) => [2, 3, 4].map((m) => [name, m, draw] as const)))(
  "three thousand points that are %s, %d objectives: as the definition says",
  (name, m, draw) => {
    const random = seededRandom(`${name} ${m}`);
    const rows = rowsOf(3000, () => draw(random, m));
    expect(paretoFront(rows)).toEqual(bruteFront(rows));
  },
);

test("a flat array gives the same front as rows and is not changed", () => {
  const random = seededRandom("flat");
  const rows = rowsOf(3000, () => [random.next(), random.next(), random.next()]);
  const flat = Float64Array.from(rows.flat());
  const copy = flat.slice();
  expect(paretoFront(flat, 3)).toEqual(paretoFront(rows));
  expect(flat).toEqual(copy);
});

test("the order of the points changes the indices only", () => {
  const random = seededRandom("order");
  const rows = rowsOf(4000, () => [random.integer(500), random.integer(500), random.integer(500)]);
  const shuffled = random.shuffle(rows);
  const front = (points: number[][]) =>
    paretoFront(points)
      .map((i) => points[i]!.join())
      .sort();
  expect(front(shuffled)).toEqual(front(rows));
});

test("dropping dominated points leaves the front as it was", () => {
  const random = seededRandom("drop");
  const rows = rowsOf(3000, () => [random.next(), random.next()]);
  const front = paretoFront(rows).map((i) => rows[i]!);
  expect(paretoFront(front)).toEqual(front.map((_, i) => i));
});

test("points that do not fit together are refused", () => {
  expect(() => paretoFront([[1, 2], [1]])).toThrow("point 1 has 1 objectives, expected 2");
  expect(() => paretoFront(new Float64Array(5), 2)).toThrow("5 numbers do not make whole points of 2 objectives");
  expect(() => paretoFront([[]])).toThrow("at least one objective");
  expect(() => paretoFront(new Float64Array(4), 0)).toThrow(RangeError);
});
