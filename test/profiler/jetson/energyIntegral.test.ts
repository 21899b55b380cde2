import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnergyIntegral } from "../../../packages/profiler/src/jetson/energyIntegral.ts";

const rail = (watts: number) => new Map([["VDD_IN", watts]]);

describe("EnergyIntegral", () => {
  test("is the trapezoid over readings: 10 W rising to 20 W over 2 s is 30 J", () => {
    const integral = new EnergyIntegral();
    integral.add(5, rail(10));
    integral.add(7, rail(20));
    expect(integral.upTo(7).get("VDD_IN")).toBeCloseTo(30, 12);
    expect(integral.broken).toBeUndefined();
  });

  test("up to a time after the last reading, power is taken to stay", () => {
    const integral = new EnergyIntegral();
    integral.add(0, rail(10));
    expect(integral.upTo(0.5).get("VDD_IN")).toBeCloseTo(5, 12);
  });

  test("the same values again within an update of the sensor are the same reading", () => {
    const [sparse, repeated] = [new EnergyIntegral(0.5), new EnergyIntegral(0.5)];
    for (const [time, watts] of [
      [0, 10],
      [1, 20],
    ] as const)
      sparse.add(time, rail(watts));
    for (const [time, watts] of [
      [0, 10],
      [0.2, 10],
      [0.4, 10],
      [1, 20],
      [1.2, 20],
    ] as const)
      repeated.add(time, rail(watts));
    expect(repeated.upTo(1.2).get("VDD_IN")).toBeCloseTo(sparse.upTo(1.2).get("VDD_IN")!, 12);
  });

  test("only rises, and is exact for constant power however it is sampled", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1.9, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (steps) => {
          const integral = new EnergyIntegral(0.1);
          let time = 100;
          let last = 0;
          integral.add(time, rail(7.5));
          for (const step of steps) {
            time += step;
            integral.add(time, rail(7.5));
            const now = integral.upTo(time).get("VDD_IN")!;
            expect(now).toBeGreaterThanOrEqual(last);
            last = now;
          }
          expect(last).toBeCloseTo(7.5 * (time - 100), 9);
          expect(integral.broken).toBeUndefined();
        },
      ),
      { seed: 3, numRuns: 50 },
    );
  });

  test("a short lapse is bridged, a long one makes the energy unknown", () => {
    const integral = new EnergyIntegral();
    integral.add(0, rail(10));
    integral.lapse(1, "power could not be read");
    integral.add(1.5, rail(10));
    expect(integral.broken).toBeUndefined();
    integral.lapse(3.6, "power could not be read (EIO)");
    expect(integral.broken).toBe("power could not be read (EIO)");
  });

  test("a sampler that was held up for long leaves a hole", () => {
    const integral = new EnergyIntegral();
    integral.add(0, rail(10));
    integral.add(3, rail(10));
    expect(integral.broken).toBe("power was not read for 3.0 s");
  });
});
