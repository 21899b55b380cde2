import { seededRandom } from "@partitune/numerics";
import { logRatioLearner, lookupCosts } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costRows, meanError, settings } from "./fixtures/costRows.ts";

const profile = costRows("reference", 3e7, 4e8);
const reference = lookupCosts(profile);

describe("logRatioLearner", () => {
  it("finds a workload that costs a fixed multiple of the reference from a single mode", () => {
    const rows = profile.map(({ x, timeSeconds, powerWatts }) => ({
      x,
      timeSeconds: 7 * timeSeconds,
      powerWatts: 1.2 * powerWatts,
    }));
    const predict = logRatioLearner(reference)(rows.slice(5, 6), seededRandom(1));
    expect(meanError(rows, predict)).toBeLessThan(1e-9);
  });

  it("finds a ratio that is a product of powers of the settings, from as many modes as it has exponents and more", () => {
    const measured = seededRandom("modes").shuffle(profile).slice(0, 10);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (exponents) => {
          const ratio = (x: readonly number[]) => x.reduce((product, value, i) => product * value ** exponents[i]!, 2);
          const times = (row: (typeof profile)[0]) => ({ ...row, timeSeconds: row.timeSeconds * ratio(row.x) });
          const predict = logRatioLearner(reference)(measured.map(times), seededRandom(1));
          expect(meanError(profile.map(times), predict)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 10 },
    );
  });

  it("predicts a related workload within 5 % from 12 of its modes", () => {
    const rows = costRows("other", 5e8, 2e9);
    const measured = seededRandom("modes").shuffle(rows).slice(0, 12);
    expect(meanError(rows, logRatioLearner(reference)(measured, seededRandom(1)))).toBeLessThan(0.05);
  });

  it("gives the same for the same seed", () => {
    const rows = costRows("other", 5e8, 2e9).slice(0, 8);
    const [first, second] = [1, 1].map((seed) => logRatioLearner(reference)(rows, seededRandom(seed))(settings[20]!));
    expect(second).toEqual(first);
  });

  it("refuses rows that hold no costs, and modes without a reference", () => {
    const learn = logRatioLearner(reference);
    expect(() => learn([], seededRandom(1))).toThrow("the table of measured costs has no rows");
    expect(() => learn([{ ...profile[0]!, x: [4, 4e8, 3e8] }], seededRandom(1))).toThrow(
      "the mode (4, 400000000, 300000000) was not measured with the reference workload",
    );
  });
});

describe("lookupCosts", () => {
  it("gives back what was measured, and of a mode measured twice the later", () => {
    const again = { ...profile[3]!, timeSeconds: 9 };
    const cost = lookupCosts([...profile, again]);
    expect(cost(profile[0]!.x)).toEqual({ timeSeconds: profile[0]!.timeSeconds, powerWatts: profile[0]!.powerWatts });
    expect(cost(again.x).timeSeconds).toBe(9);
  });
});
