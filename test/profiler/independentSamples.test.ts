import { seededRandom } from "@partitune/numerics";
import { expect, test } from "vitest";
import { independentSamples } from "../../packages/profiler/src/independentSamples.ts";

test("independent samples count in full, however few they are", () => {
  const random = seededRandom("independent");
  const sizes = [8, 20, 100, 1000];
  for (const n of sizes) {
    const kept = Array.from({ length: 200 }, () =>
      independentSamples(Array.from({ length: n }, () => random.normal())),
    );
    expect(kept.filter((each) => each === n).length).toBeGreaterThan(190);
  }
});

test("correlated ones count n(1 − ρ)/(1 + ρ)", () => {
  const random = seededRandom("correlated");
  let state = 0;
  const samples = Array.from({ length: 5000 }, () => {
    state = 0.5 * state + random.normal();
    return state;
  });
  expect(independentSamples(samples) / 5000).toBeCloseTo(1 / 3, 1);
});
