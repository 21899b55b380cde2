import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { legibleTicks, logAxis, logTicks } from "../../packages/report/src/logAxis.ts";
import { spreadLabels } from "../../packages/report/src/spreadLabels.ts";

const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });

describe("logAxis", () => {
  it("holds all values inside its domain and its pixels", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (values) => {
        const axis = logAxis(values, [40, 300]);
        for (const value of values) {
          expect(value).toBeGreaterThan(axis.domain[0]);
          expect(value).toBeLessThan(axis.domain[1]);
          expect(axis.toPixel(value)).toBeGreaterThan(40);
          expect(axis.toPixel(value)).toBeLessThan(300);
        }
      }),
    );
  });

  it("turns pixels back into values", () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const axis = logAxis([a, b], [0, 100]);
        expect(axis.fromPixel(axis.toPixel(a)) / a).toBeCloseTo(1, 9);
      }),
    );
  });

  it("leaves out what has no logarithm", () => {
    expect(logAxis([0, -1, Number.POSITIVE_INFINITY, 10], [0, 1]).domain).toEqual(logAxis([10], [0, 1]).domain);
    expect(logAxis([], [0, 1]).domain.every(Number.isFinite)).toBe(true);
  });
});

describe("logTicks", () => {
  it("takes 1, 2 and 5 over a decade, fewer over more, whole steps within less", () => {
    expect(logTicks([9, 110])).toEqual([10, 20, 50, 100]);
    expect(logTicks([0.9, 1100])).toEqual([1, 10, 100, 1000]);
    expect(logTicks([11, 14])).toEqual([11, 12, 13, 14]);
  });

  it("always gives some, inside the domain", () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 1.05, max: 1e6, noNaN: true }), (least, ratio) => {
        const ticks = logTicks([least, least * ratio]);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(13);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          expect(tick).toBeLessThanOrEqual(least * ratio * (1 + 1e-9));
        }
      }),
    );
  });
});

describe("legibleTicks", () => {
  it("keeps both ends and drops what would touch", () => {
    const axis = logAxis([0.1, 1], [0, 300]);
    expect(legibleTicks([0.1, 0.2, 0.9, 1], axis, 40)).toEqual([0.1, 0.2, 1]);
  });
});

describe("spreadLabels", () => {
  it("leaves labels alone that do not touch", () => {
    expect(spreadLabels([10, 50, 30], 14, [0, 100])).toEqual([10, 50, 30]);
  });

  it("keeps order and distance where there is room for all", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 }), (positions) => {
        const placed = spreadLabels(positions, 14, [0, 400]);
        const sorted = [...placed].sort((a, b) => a - b);
        for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(14 - 1e-9);
        for (let i = 0; i < placed.length; i++) {
          for (let k = 0; k < placed.length; k++) {
            if (positions[i]! < positions[k]!) expect(placed[i]).toBeLessThan(placed[k]!);
          }
        }
      }),
    );
  });
});
