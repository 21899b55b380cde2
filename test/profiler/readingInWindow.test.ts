import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readingInWindow, widestGap } from "../../packages/profiler/src/readingInWindow.ts";

const seconds = (n: number, step = 1) => Array.from({ length: n }, (_, i) => i * step);

describe("readingInWindow", () => {
  test("integrates by trapezoids, with what is interpolated at both ends of the window", () => {
    // Power rises by 10 W a second: between 0.5 s and 2.5 s it is 15 W on average, 5 W at first and 25 W at last.
    const { value } = readingInWindow(seconds(5), [0, 10, 20, 30, 40], { from: 0.5, to: 2.5 });
    expect(value).toEqual({ mean: 15, least: 5, most: 25 });
  });

  test("weighs readings by their time, not by their number", () => {
    // Dense readings of 100 W in the first tenth of the window, sparse ones of 10 W in the rest.
    const times = [...seconds(10, 0.1), ...Array.from({ length: 9 }, (_, i) => 1 + i), 10];
    const values = times.map((time) => (time < 1 ? 100 : 10));
    const { value } = readingInWindow(times, values, { from: 0, to: 10 });
    expect(value!.mean).toBeCloseTo((0.9 * 100 + 0.1 * 55 + 9 * 10) / 10, 9);
  });

  test("leaves out what was read outside of the window", () => {
    expect(readingInWindow(seconds(5), [900, 7, 7, 7, 900], { from: 1, to: 3 }).value).toEqual({
      mean: 7,
      least: 7,
      most: 7,
    });
  });

  test("takes a window between two readings to lie on the line between them", () => {
    const { value } = readingInWindow([0, 1], [10, 20], { from: 0.4, to: 0.6 });
    expect(value!.mean).toBeCloseTo(15, 9);
  });

  test("holds the last reading for 2 s", () => {
    expect(readingInWindow([0], [3], { from: 0.5, to: 2 }).value).toEqual({ mean: 3, least: 3, most: 3 });
    expect(readingInWindow([0], [3], { from: 2.5, to: 3 }).value).toBeNull();
  });

  test("passes over readings that failed while their neighbours are near", () => {
    expect(readingInWindow(seconds(5), [1, null, 3, null, 5], { from: 0, to: 4 }).value).toEqual({
      mean: 3,
      least: 1,
      most: 5,
    });
  });

  test("has no average where a tenth of the window was not read, and says how much was", () => {
    const times = [0, 1, 2, 8, 9, 10];
    expect(readingInWindow(times, times, { from: 0, to: 10 })).toEqual({
      value: null,
      reason: "the device was read in 40 % of the window only",
    });
    const nearly = [...seconds(41), 44];
    expect(
      readingInWindow(
        nearly,
        nearly.map(() => 5),
        { from: 0, to: 44 },
      ).value,
    ).toEqual({ mean: 5, least: 5, most: 5 });
  });

  test("has none where nothing was ever told", () => {
    expect(readingInWindow(seconds(3), [null, null, null], { from: 0, to: 2 })).toEqual({
      value: null,
      reason: "the device does not tell",
    });
    expect(readingInWindow([], [], { from: 0, to: 2 }).value).toBeNull();
  });

  test("adds up over adjoining windows, and lies within its range", () => {
    const readings = fc
      .array(
        fc.record({
          gap: fc.double({ min: 0.01, max: widestGap, noNaN: true }),
          value: fc.integer({ min: -40, max: 700 }),
        }),
        {
          minLength: 4,
          maxLength: 40,
        },
      )
      .map((steps) => {
        let time = 0;
        return { times: steps.map(({ gap }) => (time += gap)), values: steps.map(({ value }) => value) };
      });
    fc.assert(
      fc.property(readings, fc.double({ min: 0.1, max: 0.9, noNaN: true }), ({ times, values }, share) => {
        const [from, to] = [times[0]!, times.at(-1)!];
        const cut = from + share * (to - from);
        const [whole, first, second] = [
          { from, to },
          { from, to: cut },
          { from: cut, to },
        ].map((window) => readingInWindow(times, values, window).value!);
        expect(first!.mean * (cut - from) + second!.mean * (to - cut)).toBeCloseTo(whole!.mean * (to - from), 6);
        expect(whole!.mean).toBeGreaterThanOrEqual(whole!.least);
        expect(whole!.mean).toBeLessThanOrEqual(whole!.most);
        expect(whole!.most).toBe(Math.max(...values));
        expect(whole!.least).toBe(Math.min(...values));
      }),
      { numRuns: 100 },
    );
  });
});
