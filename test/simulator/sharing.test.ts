import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharingLaws } from "../../packages/simulator/src/sharing/index.ts";
import { mixed } from "../../packages/simulator/src/sharing/mixed.ts";
import type { Sharer } from "../../packages/simulator/src/sharing/sharingLaw.ts";
import { speedsOf } from "../../packages/simulator/src/speedsOf.ts";
import { toSharer } from "../../packages/simulator/src/toSharer.ts";
import { stationOf } from "./stationOf.ts";

const proportional = (knee: number): Sharer => ({ knee, speedAt: (share) => Math.min(1, share / knee) });
const station = stationOf(
  { workload: "net", service: [1], threads: 1 },
  { kind: "periodic", ratePerSecond: 1, jitter: 0, offsetSeconds: 0 },
);

describe("the alternating law", () => {
  it("gives n busy stations 1/n of their speed each", () => {
    expect(
      sharingLaws.alternate.speeds([proportional(0.2), proportional(1), proportional(1), proportional(0.1)]),
    ).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe("the fair law", () => {
  it("lends what a modest station does not need", () => {
    const [modest, greedy] = sharingLaws.fair.speeds([proportional(0.25), proportional(1)]);
    expect(modest).toBe(1);
    expect(greedy).toBeCloseTo(0.75, 12);
  });

  it("divides evenly among stations that could all use more", () => {
    for (const speed of sharingLaws.fair.speeds([proportional(1), proportional(0.5), proportional(0.75)])) {
      expect([1 / 3, 2 / 3, 4 / 9].some((expected) => Math.abs(speed - expected) < 1e-12)).toBe(true);
    }
  });

  it("hands out no more than the processor, and never slows anyone below an even part of it", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (knees) => {
        const used: number[] = [];
        const watched = knees.map((knee, i) => ({
          knee,
          speedAt: (share: number) => {
            used[i] = share;
            return Math.min(1, share / knee);
          },
        }));
        const speeds = sharingLaws.fair.speeds(watched);
        expect(used.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
        speeds.forEach((speed, i) => {
          expect(speed).toBeGreaterThanOrEqual(Math.min(1, 1 / knees.length / knees[i]!) - 1e-9);
        });
      }),
      { seed: 4 },
    );
  });
});

describe("a mixed law", () => {
  const busy = [proportional(0.25), proportional(1)];

  it("gives every station a speed between those of lending and of taking turns", () => {
    const [fair, alternate, half] = [sharingLaws.fair, sharingLaws.alternate, sharingLaws.mixed].map((law) =>
      law.speeds(busy),
    );
    half!.forEach((speed, i) => {
      expect(speed).toBeCloseTo((fair![i]! + alternate![i]!) / 2, 12);
    });
  });

  it("is one of the two at its ends", () => {
    expect(mixed(0).speeds(busy)).toEqual(sharingLaws.fair.speeds(busy));
    expect(mixed(1).speeds(busy)).toEqual(sharingLaws.alternate.speeds(busy));
    expect(mixed(0.5).description).toContain("50 % of the time");
  });
});

describe("a station's use of the processor", () => {
  it("grows with its part until its threads have a core each", () => {
    const sharer = toSharer(station, undefined);
    expect(sharer.knee).toBe(0.25);
    expect([0.125, 0.25, 1].map(sharer.speedAt)).toEqual([0.5, 1, 1]);
  });

  it("follows a scaling curve, proportional below it and never falling", () => {
    const sharer = toSharer(station, [
      { share: 0.2, speed: 0.5 },
      { share: 0.4, speed: 0.9 },
      { share: 0.6, speed: 0.8 },
      { share: 1, speed: 1 },
    ]);
    expect([0.1, 0.2, 0.3, 0.6, 0.8, 1].map((share) => Number(sharer.speedAt(share).toFixed(9)))).toEqual([
      0.25, 0.5, 0.7, 0.9, 0.95, 1,
    ]);
    expect(sharer.knee).toBeCloseTo(0.8, 9);
  });

  it("is refused when its points do not ascend or leave their range", () => {
    const point = (share: number, speed: number) => ({ share, speed });
    expect(() => toSharer(station, [])).toThrow('scaling of "net" has no point');
    expect(() => toSharer(station, [point(0.5, 0.5), point(0.5, 1)])).toThrow("is wrong at point 2");
    expect(() => toSharer(station, [point(0.5, 0)])).toThrow("is wrong at point 1");
    expect(() => toSharer(station, [point(1.5, 1)])).toThrow("is wrong at point 1");
  });
});

describe("speeds of a busy set", () => {
  it("lose to interference only when two or more are busy", () => {
    const speeds = speedsOf(sharingLaws.fair.speeds, [proportional(0.1), proportional(0.1)], 0.25);
    expect([...speeds(Uint8Array.of(1, 0))]).toEqual([1, 1]);
    expect([...speeds(Uint8Array.of(1, 1))]).toEqual([0.8, 0.8]);
  });

  it("are the same whether remembered or worked out each time", () => {
    const few = Array.from({ length: 16 }, (_, i) => proportional((i + 1) / 16));
    const many = [...few, proportional(1)];
    const busy = Uint8Array.from({ length: 16 }, (_, i) => Number(i % 3 === 0));
    const remembered = speedsOf(sharingLaws.fair.speeds, few, 0.1);
    const worked = speedsOf(sharingLaws.fair.speeds, many, 0.1);
    expect([...remembered(busy)]).toEqual([...worked(Uint8Array.of(...busy, 0))].slice(0, 16));
    expect(remembered(busy)).toBe(remembered(busy));
  });
});
