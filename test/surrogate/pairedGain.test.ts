import { describe, expect, test } from "vitest";
import { pairedGain } from "../../packages/surrogate/src/pairedGain.ts";

const group = (gain: number, ...workloads: readonly string[]) => ({ gain, workloads });

describe("pairedGain", () => {
  test("is the paired t test where groups are independent", () => {
    const gains = [1.1, 0.4, 1.6, 0.9, 0.2].map((gain, i) => group(gain, String(i)));
    const { mean, standardError, p } = pairedGain(gains, { dyadic: false });
    expect(mean).toBeCloseTo(0.84, 12);
    // Σ(d − d̄)² = 1.252, over n(n − 1) = 20.
    expect(standardError).toBeCloseTo(Math.sqrt(1.252 / 20), 12);
    // Student's distribution with 4 degrees of freedom in closed form: F(t) = 1/2 + 3/8 · t/√(1 + t²/4) · (1 − t²/(12(1 + t²/4))).
    const t = mean / standardError;
    const scale = 1 + t ** 2 / 4;
    expect(p).toBeCloseTo(0.5 - (3 / 8) * (t / Math.sqrt(scale)) * (1 - t ** 2 / (12 * scale)), 9);
  });

  test("counts what groups with a common workload share, and takes as many degrees of freedom as workloads less one", () => {
    // Four pairs of four workloads; the gain comes from "a" alone. Deviations 1, 1, 1, −3; all of the first three share "a"; b–c shares with
    // two of them: Σ = (1 + 1 + 1)² + 9 + 2·(1·−3 + 1·−3) = 6, over 16; independent: 12 / (4·3) = 1, which is more.
    const gains = [group(4, "a", "b"), group(4, "a", "c"), group(4, "a", "d"), group(0, "b", "c")];
    expect(pairedGain(gains, { dyadic: true }).standardError).toBeCloseTo(1, 12);
    // Without the last one's ties the shared part dominates: deviations 1, 1, 1, −3, Σ = 9 + 9 = 18, over 16.
    const apart = [group(4, "a", "b"), group(4, "a", "c"), group(4, "a", "d"), group(0, "e", "f")];
    const shared = pairedGain(apart, { dyadic: true });
    expect(shared.standardError).toBeCloseTo(Math.sqrt(18 / 16), 12);
    expect(shared.p).toBeGreaterThan(pairedGain(apart, { dyadic: false }).p);
  });

  test("judges nothing from one group, and is sure where every group gains alike", () => {
    expect(pairedGain([group(1, "a", "b")], { dyadic: true }).p).toBe(1);
    expect(pairedGain([group(1, "a", "b"), group(1, "c", "d")], { dyadic: true }).p).toBe(0);
    expect(pairedGain([group(0, "a", "b"), group(0, "c", "d")], { dyadic: true }).p).toBe(1);
  });
});
