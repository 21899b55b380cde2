import { type InterferenceModel, interferenceModel, type Occupant, slowdownOf } from "@partitune/schema";
import { type InterferenceSample, interferenceModels } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coLocations } from "../fixtures/coLocations.ts";

const occupant = (workload: string, fraction = 0.5): Occupant => ({ workload, fraction, batch: 1, isolated: false });
const sample = (subject: string, neighbours: readonly string[], slowdown: number): InterferenceSample => ({
  subject: occupant(subject),
  neighbours: neighbours.map((name) => occupant(name)),
  slowdown,
});

type Of<M extends InterferenceModel["model"]> = Extract<InterferenceModel, { readonly model: M }>;

function fitted<M extends InterferenceModel["model"]>(
  name: M,
  samples: readonly InterferenceSample[],
  utilisations = {},
): Of<M> {
  return interferenceModels[name].fit(samples, utilisations) as Of<M>;
}

describe("the constant", () => {
  test("is the median of what was measured", () => {
    const samples = [1.02, 1.3, 1.08].map((slowdown) => sample("a", ["b"], slowdown));
    expect(fitted("constant", samples)).toEqual({ model: "constant", slowdown: 1.08 });
  });

  test("is 1 where neighbours were no burden", () => {
    expect(fitted("constant", [sample("a", ["b"], 0.97)])).toEqual({ model: "constant", slowdown: 1 });
  });
});

describe("pairwise", () => {
  // log slowdown = suffers + inflicts: a suffers 0.05, b 0.10, c 0.02; a inflicts 0.03, b 0.08, c 0.01. Exact, without noise.
  const suffers = { a: 0.05, b: 0.1, c: 0.02 };
  const inflicts = { a: 0.03, b: 0.08, c: 0.01 };
  const names = ["a", "b", "c"] as const;
  const truth = (a: (typeof names)[number], b: (typeof names)[number]) => Math.exp(suffers[a] + inflicts[b]);
  const all = names.flatMap((a) => names.map((b) => sample(a, [b], truth(a, b))));

  test("keeps measured pairs as they are where there is no scatter", () => {
    const { pairs } = fitted("pairwise", all);
    expect(pairs).toHaveLength(9);
    for (const { subject, neighbour, slowdown, measured } of pairs) {
      expect(slowdown).toBeCloseTo(truth(subject as "a", neighbour as "a"), 12);
      expect(measured).toBe(true);
    }
  });

  test("infers a pair that was not measured from what both do beside others", () => {
    const without = all.filter(
      ({ subject, neighbours }) => subject.workload !== "b" || neighbours[0]!.workload !== "c",
    );
    const pair = fitted("pairwise", without).pairs.find((each) => each.subject === "b" && each.neighbour === "c")!;
    expect(pair.measured).toBe(false);
    expect(pair.slowdown).toBeGreaterThan(1.09);
    expect(pair.slowdown).toBeLessThan(truth("b", "c") + 0.01);
  });

  test("draws noisy pairs towards what is expected of them", () => {
    const noisy = [1.0, 1.2].map((slowdown) => sample("a", ["b"], slowdown));
    const steady = names.flatMap((a) => names.map((b) => [1.099, 1.101].map((slowdown) => sample(a, [b], slowdown))));
    const { pairs } = fitted("pairwise", [
      ...steady.flat().filter(({ subject }) => subject.workload !== "a"),
      ...noisy,
    ]);
    const pair = pairs.find((each) => each.subject === "a" && each.neighbour === "b")!;
    expect(Math.abs(pair.slowdown - 1.1)).toBeLessThan(Math.abs(Math.sqrt(1.2) - 1.1));
  });

  test("learns from samples with several neighbours, whose slowdowns multiply", () => {
    const triples = names.flatMap((a) =>
      names.flatMap((b) => names.map((c) => sample(a, [b, c], truth(a, b) * truth(a, c)))),
    );
    const model = fitted("pairwise", triples);
    expect(model.pairs.every(({ measured }) => !measured)).toBe(true);
    const predicted = slowdownOf(model, occupant("b"), [occupant("a"), occupant("c")]);
    expect(predicted / (truth("b", "a") * truth("b", "c"))).toBeCloseTo(1, 1);
  });

  test("needs two sets of workloads", () => {
    expect(interferenceModels.pairwise.fit([sample("a", ["b"], 1.1), sample("a", ["b"], 1.2)], {})).toBeNull();
  });
});

describe("linear", () => {
  test("finds the law again where there is no noise", () => {
    const { samples, utilisations } = coLocations({ seed: 3, workloads: 6, law: "utilisations", noise: 0 });
    const { intercept, ofSubject, ofNeighbours } = fitted("linear", samples, utilisations);
    expect(intercept).toBeCloseTo(1.01, 6);
    expect(ofSubject.l2).toBeCloseTo(0.04, 6);
    expect(ofSubject.dram).toBeCloseTo(0, 6);
    expect(ofNeighbours.l2).toBeCloseTo(0.2, 6);
    expect(ofNeighbours.dram).toBeCloseTo(0.15, 6);
  });

  test("cannot be fitted without utilisations, or with too few samples", () => {
    const { samples, utilisations } = coLocations({ seed: 3, workloads: 3, law: "constant", noise: 0 });
    expect(interferenceModels.linear.fit(samples, {})).toBeNull();
    expect(interferenceModels.linear.fit(samples.slice(0, 3), utilisations)).toBeNull();
  });

  test("leaves out samples of workloads whose utilisations are not known, and answers for those with the median", () => {
    const { samples, utilisations } = coLocations({ seed: 3, workloads: 6, law: "utilisations", noise: 0 });
    const { w0: _, ...known } = utilisations;
    const model = fitted("linear", samples, known);
    expect(model.ofNeighbours.l2).toBeCloseTo(0.2, 6);
    expect(slowdownOf(model, occupant("w0"), [occupant("w1")])).toBe(fitted("constant", samples).slowdown);
  });
});

test.each(Object.keys(interferenceModels) as InterferenceModel["model"][])(
  "whatever was measured, what %s gives is a valid model of slowdowns of at least 1 that no further neighbour lowers",
  (name) => {
    const workloads = ["a", "b", "c"];
    const utilisation = fc.double({ min: 0, max: 1, noNaN: true });
    const samples = fc.array(
      fc.record({
        subject: fc.constantFrom(...workloads).map((workload) => occupant(workload)),
        neighbours: fc.array(
          fc.constantFrom(...workloads).map((workload) => occupant(workload)),
          { minLength: 1, maxLength: 3 },
        ),
        slowdown: fc.double({ min: 0.8, max: 2, noNaN: true }),
      }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(samples, fc.tuple(utilisation, utilisation, utilisation), (measured, used) => {
        const utilisations = Object.fromEntries(
          workloads.map((each, i) => [each, [{ batch: 1, values: { l2: used[i]! } }]]),
        );
        const model = interferenceModels[name].fit(measured, utilisations);
        if (model === null) return;
        interferenceModel.parse(model);
        for (const { subject, neighbours } of measured) {
          const slowdown = slowdownOf(model, subject, neighbours);
          expect(slowdown).toBeGreaterThanOrEqual(1);
          expect(slowdownOf(model, subject, [...neighbours, occupant("b")])).toBeGreaterThanOrEqual(slowdown - 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  },
);
