import { seededRandom, sobol, sobolDimensions } from "@partitune/numerics";
import { expect, test } from "vitest";

// SciPy 1.17, qmc.Sobol(21, scramble=False): index and coordinates
const points: readonly (readonly [number, readonly number[]])[] = [
  [0, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
  [
    3,
    [
      0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25,
      0.75, 0.75,
    ],
  ],
  [
    17,
    [
      0.59375, 0.96875, 0.96875, 0.15625, 0.78125, 0.46875, 0.03125, 0.34375, 0.96875, 0.65625, 0.59375, 0.90625,
      0.15625, 0.15625, 0.84375, 0.53125, 0.28125, 0.09375, 0.28125, 0.53125, 0.21875,
    ],
  ],
  [
    40,
    [
      0.234375, 0.078125, 0.265625, 0.984375, 0.703125, 0.734375, 0.734375, 0.359375, 0.046875, 0.359375, 0.828125,
      0.890625, 0.515625, 0.046875, 0.171875, 0.921875, 0.984375, 0.859375, 0.609375, 0.828125, 0.390625,
    ],
  ],
  [
    63,
    [
      0.015625, 0.796875, 0.359375, 0.453125, 0.859375, 0.140625, 0.578125, 0.140625, 0.828125, 0.578125, 0.421875,
      0.671875, 0.546875, 0.765625, 0.328125, 0.765625, 0.078125, 0.390625, 0.953125, 0.234375, 0.234375,
    ],
  ],
  [
    1000000,
    [
      0.026474952697753906, 0.3119192123413086, 0.8279962539672852, 0.6682462692260742, 0.6286592483520508,
      0.7950620651245117, 0.9707460403442383, 0.016793251037597656, 0.3004159927368164, 0.25440120697021484,
      0.638331413269043, 0.9311761856079102, 0.27321720123291016, 0.5333433151245117, 0.6491060256958008,
      0.7160959243774414, 0.4430112838745117, 0.25748538970947266, 0.5928945541381836, 0.3822927474975586,
      0.040129661560058594,
    ],
  ],
];

test.each(points)("point %d has SciPy's coordinates, in all 21 dimensions", (index, coordinates) => {
  expect([...sobol(1, 21, { skip: index })]).toEqual([...coordinates]);
});

test("skipping points gives the rest of the sequence", () => {
  const whole = sobol(300, 5);
  expect(sobol(200, 5, { skip: 100 })).toEqual(whole.slice(500));
});

test("every aligned block of 2^k points puts one into each of 2^k slices, shifted or not", () => {
  for (const shift of [undefined, seededRandom("shift")]) {
    const block = sobol(256, sobolDimensions, { skip: 512, ...(shift && { shift }) });
    for (let j = 0; j < sobolDimensions; j++) {
      const slices = new Set(Array.from({ length: 256 }, (_, i) => Math.floor(block[i * sobolDimensions + j]! * 256)));
      expect(slices.size).toBe(256);
    }
  }
});

test("it integrates a smooth function far better than random points do", () => {
  const random = seededRandom("integral");
  const error = (design: Float64Array): number => {
    let sum = 0;
    for (let at = 0; at < design.length; at += 4) {
      sum += design.subarray(at, at + 4).reduce((product, x) => product * (0.5 + x), 1);
    }
    return Math.abs(sum / (design.length / 4) - 1);
  };
  const uniform = new Float64Array(4 * 4096);
  random.fillUniform(uniform);
  expect(error(sobol(4096, 4, { shift: random }))).toBeLessThan(5e-4);
  expect(error(uniform)).toBeGreaterThan(5e-4);
});

test("a shift is fixed by its seed", () => {
  const shifted = (seed: number) => sobol(4, 2, { shift: seededRandom(seed) });
  expect(shifted(1)).toEqual(shifted(1));
  expect(shifted(1)).not.toEqual(shifted(2));
});

test("the last point of the sequence exists, the one after does not", () => {
  expect(sobol(1, 1, { skip: 2 ** 32 - 1 })).toHaveLength(1);
  expect(() => sobol(2, 1, { skip: 2 ** 32 - 1 })).toThrow(RangeError);
});

test("sizes out of range are refused", () => {
  expect(() => sobol(1, 22)).toThrow("1 to 21 dimensions");
  expect(() => sobol(-1, 2)).toThrow(RangeError);
  expect(() => sobol(1, 2, { skip: 0.5 })).toThrow(RangeError);
});
