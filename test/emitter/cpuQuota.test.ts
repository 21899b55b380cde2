import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuQuota } from "../../packages/emitter/src/cpuQuota.ts";

describe("cpuQuota", () => {
  it("gives share × cores × period", () => {
    expect(cpuQuota(0.25, 8, 0.005)).toEqual({ quotaMicroseconds: 10_000, periodMicroseconds: 5_000 });
    expect(cpuQuota(0.5, 2, 0.01)).toEqual({ quotaMicroseconds: 10_000, periodMicroseconds: 10_000 });
  });

  it("lengthens the period where the quota would fall below the kernel's least of 1 ms", () => {
    expect(cpuQuota(0.05, 2, 0.005)).toEqual({ quotaMicroseconds: 1_000, periodMicroseconds: 10_000 });
  });

  it("keeps the share within one part in a thousand and the kernel's limits, whatever is asked", () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        share,
        fc.integer({ min: 1, max: 256 }),
        fc.double({ min: 0.001, max: 0.1, noNaN: true }),
        (part, cores, period) => {
          const { quotaMicroseconds: quota, periodMicroseconds } = cpuQuota(part, cores, period);
          expect(quota).toBeGreaterThanOrEqual(1_000);
          expect(periodMicroseconds).toBeGreaterThanOrEqual(1_000);
          expect(periodMicroseconds).toBeLessThanOrEqual(1_000_000);
          expect(Math.abs(quota / periodMicroseconds / (part * cores) - 1)).toBeLessThan(1e-3);
        },
      ),
      { seed: 1 },
    );
  });

  it.each([0, -0.5, 1.5, Number.NaN, 1e-5])("refuses the share %s", (share) => {
    expect(() => cpuQuota(share, 2)).toThrow(/is not a share that a quota can give/);
  });
});
