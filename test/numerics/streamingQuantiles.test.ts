import { quantile, seededRandom, streamingQuantiles } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

const shares = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

function sketchOf(values: Iterable<number>, relativeError?: number) {
  const sketch = streamingQuantiles(relativeError);
  for (const value of values) sketch.add(value);
  return sketch;
}

test("every quantile is within the promised relative error of the sorted sample", () => {
  const value = fc.oneof(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.constantFrom(0, 1, 1e-300));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(0.25, 0.01, 0.002), (samples, error) => {
      const sketch = sketchOf(samples, error);
      const sorted = Float64Array.from(samples).sort();
      for (const p of shares) {
        const truth = quantile(sorted, p);
        if (!(Math.abs(sketch.quantile(p) - truth) <= error * truth))
          throw new Error(`${sketch.quantile(p)} for ${truth}`);
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});

test("mean, sum, count, minimum and maximum are exact", () => {
  const sketch = sketchOf([0.5, 0, 2, 1.5]);
  expect([sketch.count, sketch.sum, sketch.mean, sketch.minimum, sketch.maximum]).toEqual([4, 4, 1, 0, 2]);
});

test("two merged sketches equal one that saw everything", () => {
  const random = seededRandom("merge");
  const left = Array.from({ length: 500 }, () => random.exponential(1000));
  const right = Array.from({ length: 800 }, () => (random.next() < 0.1 ? 0 : random.exponential(0.01)));
  const merged = sketchOf(left);
  merged.merge(sketchOf(right));
  const whole = sketchOf([...left, ...right]);
  for (const p of shares) expect(merged.quantile(p)).toBe(whole.quantile(p));
  expect([merged.count, merged.minimum, merged.maximum]).toEqual([whole.count, whole.minimum, whole.maximum]);
  expect(merged.sum).toBeCloseTo(whole.sum, 8);
});

test("merging nothing changes nothing, and merging into nothing copies", () => {
  const sketch = sketchOf([1, 2, 3]);
  const median = sketch.quantile(0.5);
  sketch.merge(streamingQuantiles());
  expect([sketch.count, sketch.quantile(0.5)]).toEqual([3, median]);
  const copy = streamingQuantiles();
  copy.merge(sketch);
  expect([copy.count, copy.quantile(1), copy.minimum]).toEqual([3, 3, 1]);
  const doubled = sketchOf([1, 2, 3]);
  doubled.merge(doubled);
  expect([doubled.count, doubled.sum]).toEqual([6, 12]);
});

test("a sketch of another accuracy is not merged", () => {
  expect(() => streamingQuantiles(0.01).merge(streamingQuantiles(0.1))).toThrow("relative error");
});

test("the fraction at most a value counts whole buckets", () => {
  const sketch = sketchOf([0, 1, 2, 4, 8]);
  expect([-1, 0, 0.5, 1, 3, 8, 9].map((value) => sketch.fractionAtMost(value))).toEqual([0, 0.2, 0.2, 0.4, 0.6, 1, 1]);
  expect(streamingQuantiles().fractionAtMost(1)).toBeNaN();
});

test("the bound kept is the power of two at or below the one asked for", () => {
  expect(streamingQuantiles(0.25).relativeError).toBe(0.25);
  expect(streamingQuantiles(0.002).relativeError).toBe(2 ** -9);
  expect(streamingQuantiles(2 ** -12).relativeError).toBe(2 ** -12);
});

test("what is no finite value from 0 on is refused and not counted", () => {
  const sketch = streamingQuantiles();
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, -5e-324]) {
    expect(() => sketch.add(value)).toThrow(RangeError);
  }
  expect(sketch.count).toBe(0);
  expect(sketch.mean).toBeNaN();
  expect(() => sketch.quantile(0.5)).toThrow("no value");
  expect(() => sketchOf([1]).quantile(1.1)).toThrow(RangeError);
  expect(() => streamingQuantiles(0.5)).toThrow(RangeError);
});

test("the ends of the number range are covered", () => {
  const sketch = sketchOf([5e-324, 2 ** -1022, Number.MAX_VALUE]);
  expect(sketch.quantile(0)).toBe(0);
  expect(sketch.quantile(0.5) / 2 ** -1022).toBeCloseTo(1, 2);
  expect(sketch.quantile(1) / Number.MAX_VALUE).toBeCloseTo(1, 2);
});
