import { devices } from "@partitune/profiler";
import { type InterferenceModel, type Occupant, occupantOf, slowdownOf } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const occupant = (workload: string, fraction: number, batch = 1): Occupant => ({
  workload,
  fraction,
  batch,
  isolated: false,
});

type Linear = Extract<InterferenceModel, { readonly model: "linear" }>;

/** c1 … c5 as published: own L2, others' L2, own DRAM, others' DRAM, constant. */
function gpulet([ownL2, otherL2, ownDram, otherDram, constant]: readonly number[], least: number): Linear {
  return {
    model: "linear",
    intercept: constant!,
    ofSubject: { l2: ownL2!, dram: ownDram! },
    ofNeighbours: { l2: otherL2!, dram: otherDram! },
    // On the whole card; on 40 % and 60 % of it they come to 0.20 and 0.30 (L2), 0.10 and 0.25 (DRAM).
    utilisations: {
      self: [{ batch: 1, values: { l2: 0.5, dram: 0.25 } }],
      other: [{ batch: 1, values: { l2: 0.5, dram: 0.25 / 0.6 } }],
    },
    least,
    otherwise: 1.1,
  };
}

const turing = [0.1129, 0.716, 0.3549, 0.0882, 0.8954];
const ampere = [-0.1799, 0.0384, 0.1255, -0.0565, 1.0184];
const pair = [occupant("self", 0.4), occupant("other", 0.6)] as const;

// Coefficients: S. Choi et al. (2022), RTX 2080 Ti and RTX 3080; the utilisations are made up, the sums worked out by hand.
describe("the published linear form", () => {
  test("gives 1.19032 with the coefficients of the RTX 2080 Ti", () => {
    expect(slowdownOf(gpulet(turing, 1), pair[0], [pair[1]])).toBeCloseTo(1.19032, 5);
  });

  test("with those of the RTX 3080 comes to 0.99236, which is no slowdown and clamped to 1", () => {
    const { intercept, ofSubject, ofNeighbours } = gpulet(ampere, 1);
    const sum =
      intercept + ofSubject.l2! * 0.2 + ofNeighbours.l2! * 0.3 + ofSubject.dram! * 0.1 + ofNeighbours.dram! * 0.25;
    expect(sum).toBeCloseTo(0.99236, 5);
    expect(slowdownOf(gpulet(ampere, 1), pair[0], [pair[1]])).toBe(1);
  });

  test("never falls below a greater least slowdown", () => {
    expect(slowdownOf(gpulet(ampere, 1.05), pair[0], [pair[1]])).toBe(1.05);
  });

  test("is linear in the batch between measured batches, and constant beyond them", () => {
    const model: Linear = {
      ...gpulet(turing, 1),
      ofSubject: {},
      ofNeighbours: { l2: 1 },
      intercept: 1,
      utilisations: {
        self: [{ batch: 1, values: {} }],
        other: [
          { batch: 4, values: { l2: 0.2 } },
          { batch: 8, values: { l2: 0.6 } },
        ],
      },
    };
    const beside = (batch: number) => slowdownOf(model, occupant("self", 0.5), [occupant("other", 0.5, batch)]);
    expect([1, 4, 5, 7, 8, 32].map(beside).map((x) => Number(x.toFixed(9)))).toEqual([1.1, 1.1, 1.15, 1.25, 1.3, 1.3]);
  });

  test("falls back on `otherwise` where a utilisation is not known", () => {
    expect(slowdownOf(gpulet(turing, 1), pair[0], [occupant("stranger", 0.5)])).toBe(1.1);
    expect(slowdownOf(gpulet(turing, 1), occupant("toString", 0.5), [pair[1]])).toBe(1.1);
    const partly = gpulet(turing, 1);
    const utilisations = { ...partly.utilisations, other: [{ batch: 1, values: { l2: 0.5 } }] };
    expect(slowdownOf({ ...partly, utilisations }, pair[0], [pair[1]])).toBe(1.1);
  });
});

// active = a·(1 + k·Σ_others L2), F. Xu et al. (2023); one k for all workloads, and the idle time and frequency terms apart.
test("the linear form carries a slowdown by the sum of the others' L2 demand", () => {
  const model: Linear = {
    model: "linear",
    intercept: 1,
    ofSubject: {},
    ofNeighbours: { l2: 0.8 },
    utilisations: { b: [{ batch: 1, values: { l2: 0.3 } }], c: [{ batch: 1, values: { l2: 0.1 } }] },
    least: 1,
    otherwise: 1,
  };
  const neighbours = [occupant("b", 0.5), occupant("c", 0.2), occupant("b", 0.1)];
  expect(slowdownOf(model, occupant("a", 0.2), neighbours)).toBeCloseTo(1 + 0.8 * (0.15 + 0.02 + 0.03), 12);
});

const pairwise: InterferenceModel = {
  model: "pairwise",
  pairs: [
    { subject: "a", neighbour: "b", slowdown: 1.2, measured: true },
    { subject: "b", neighbour: "a", slowdown: 1.05, measured: true },
    { subject: "a", neighbour: "a", slowdown: 1.1, measured: false },
  ],
  otherwise: 1.09,
};

describe("slowdownOf", () => {
  const [a, b] = [occupant("a", 0.5), occupant("b", 0.5)];

  test("reads a table of pairs by direction, and multiplies over neighbours", () => {
    expect(slowdownOf(pairwise, a, [b])).toBe(1.2);
    expect(slowdownOf(pairwise, b, [a])).toBe(1.05);
    expect(slowdownOf(pairwise, a, [b, a])).toBeCloseTo(1.32, 12);
    expect(slowdownOf(pairwise, b, [b])).toBe(1.09);
  });

  test("the constant does not grow with further neighbours", () => {
    const model: InterferenceModel = { model: "constant", slowdown: 1.09 };
    expect([[b], [b, b], []].map((neighbours) => slowdownOf(model, a, neighbours))).toEqual([1.09, 1.09, 1]);
  });

  test("a MIG instance neither feels its neighbours nor is felt", () => {
    const instance = occupantOf(
      { workload: "a", partition: { kind: "mig", profile: "3g.40gb" }, batch: 1 },
      devices.a100,
    );
    expect(instance).toMatchObject({ isolated: true, fraction: 42 / 108 });
    expect(slowdownOf(pairwise, instance, [b])).toBe(1);
    expect(slowdownOf(pairwise, b, [instance])).toBe(1);
  });

  test("a share takes its part of the card", () => {
    const { fraction } = occupantOf(
      { workload: "a", partition: { kind: "mps-share", share: 0.4 }, batch: 8 },
      devices.a100,
    );
    expect(fraction).toBe(0.4);
  });

  const workloads = ["a", "b", "c", "stranger"];
  const occupants = fc.record({
    workload: fc.constantFrom(...workloads),
    fraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
    batch: fc.integer({ min: 1, max: 64 }),
    isolated: fc.boolean(),
  });
  const utilisation = fc.record({
    l2: fc.double({ min: 0, max: 2, noNaN: true }),
    dram: fc.double({ min: 0, max: 2, noNaN: true }),
  });
  const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
  const growing = fc.double({ min: 0, max: 2, noNaN: true });
  const linearWith = (others: fc.Arbitrary<number>) =>
    fc.record({
      model: fc.constant("linear" as const),
      intercept: coefficient,
      ofSubject: fc.record({ l2: coefficient, dram: coefficient }),
      ofNeighbours: fc.record({ l2: others, dram: others }),
      utilisations: fc
        .tuple(utilisation, utilisation, utilisation)
        .map((values) => Object.fromEntries(values.map((each, i) => [workloads[i]!, [{ batch: 1, values: each }]]))),
      least: fc.double({ min: 1, max: 1.5, noNaN: true }),
      otherwise: fc.double({ min: 1, max: 2, noNaN: true }),
    });

  test("is at least 1, whatever the coefficients", () => {
    fc.assert(
      fc.property(
        linearWith(coefficient),
        occupants,
        fc.array(occupants, { maxLength: 5 }),
        (model, subject, neighbours) => {
          expect(slowdownOf(model, subject, neighbours)).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  test("does not fall with one more neighbour of known utilisation, where the neighbours' coefficients are not negative", () => {
    const known = occupants.map((each) => ({ ...each, workload: each.workload === "stranger" ? "a" : each.workload }));
    fc.assert(
      fc.property(
        fc.oneof(
          linearWith(growing),
          fc.constant(pairwise),
          fc.constant<InterferenceModel>({ model: "constant", slowdown: 1.1 }),
        ),
        known,
        fc.array(known, { maxLength: 4 }),
        known,
        (model, subject, neighbours, another) => {
          const before = slowdownOf(model, subject, neighbours);
          expect(slowdownOf(model, subject, [...neighbours, another])).toBeGreaterThanOrEqual(before - 1e-12);
        },
      ),
    );
  });
});
