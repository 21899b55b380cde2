import { type InterferenceModel, type Occupant, slowdownOf } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { worstSlowdown } from "../../../packages/solver/src/packing/worstSlowdown.ts";

const names = ["a", "b", "c"] as const;
const fractions = [0.1, 0.2, 0.3, 0.5] as const;
const occupants: readonly Occupant[] = names.flatMap((workload) =>
  fractions.map((fraction) => ({ workload, fraction, batch: 4, isolated: false })),
);

const pairwise = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }).map(
  (slowdowns): InterferenceModel => ({
    model: "pairwise",
    pairs: names.map((neighbour, i) => ({ subject: "a", neighbour, slowdown: slowdowns[i]!, measured: true })),
    otherwise: 1,
  }),
);

const coefficient = fc.double({ min: -0.2, max: 0.5, noNaN: true });
const linear = fc.tuple(coefficient, coefficient, coefficient, coefficient, coefficient).map(
  ([intercept, own, other, ...uses]): InterferenceModel => ({
    model: "linear",
    intercept: 1 + intercept,
    ofSubject: { memory: own },
    ofNeighbours: { memory: other },
    utilisations: Object.fromEntries(
      names.map((name, i) => [name, [{ batch: 4, values: { memory: Math.abs(uses[i] ?? 0.3) } }]]),
    ),
    otherwise: 1.1,
    least: 1,
  }),
);

describe("the slowdown that is planned with", () => {
  test.each([
    ["of pairs", pairwise],
    ["linear in utilisations", linear],
  ])("%s is not exceeded by any neighbours that fit on the card", (_, models) => {
    const subject: Occupant = { workload: "a", fraction: 0.4, batch: 4, isolated: false };
    fc.assert(
      fc.property(
        models,
        fc.array(fc.constantFrom(...occupants), { minLength: 1, maxLength: 5 }),
        (model, neighbours) => {
          const used = neighbours.reduce((sum, { fraction }) => sum + fraction, 0);
          fc.pre(used <= 0.6 + 1e-9);
          expect(slowdownOf(model, subject, neighbours)).toBeLessThanOrEqual(
            worstSlowdown(model, subject, occupants) + 1e-9,
          );
        },
      ),
    );
  });

  test("is 1 for what has no room beside it, and on a MIG instance", () => {
    const model = { model: "constant", slowdown: 1.3 } as const;
    expect(worstSlowdown(model, { workload: "a", fraction: 0.95, batch: 4, isolated: false }, occupants)).toBe(1);
    expect(worstSlowdown(model, { workload: "a", fraction: 0.3, batch: 4, isolated: true }, occupants)).toBe(1);
    expect(worstSlowdown(model, { workload: "a", fraction: 0.3, batch: 4, isolated: false }, occupants)).toBe(1.3);
  });
});
