import { interference as interferenceSchema, slowdownOf } from "@partitune/schema";
import { fitInterferenceSamples } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { type CoLocationOptions, coLocations } from "./fixtures/coLocations.ts";
import { made } from "./fixtures/profileOf.ts";

function fitTo(options: CoLocationOptions, further: Partial<Parameters<typeof fitInterferenceSamples>[1]> = {}) {
  const { samples, utilisations } = coLocations(options);
  return fitInterferenceSamples(samples, { made, utilisations, synthetic: true, ...further });
}

const five = { workloads: 5, noise: 0.015 } as const;

describe("fitInterferenceSamples on synthetic co-locations of known truth", () => {
  test("keeps the constant where the constant is the truth, whatever noise suggests", () => {
    for (let seed = 0; seed < 8; seed++) {
      const { chosen, why } = fitTo({ ...five, seed, law: "constant" });
      expect(chosen.model, `seed ${seed}: ${why}`).toBe("constant");
      expect(chosen.model === "constant" && chosen.slowdown).toBeCloseTo(1.09, 1);
    }
  });

  test("takes the linear model where slowdowns follow utilisations, and predicts unseen pairs within the noise", () => {
    for (let seed = 0; seed < 5; seed++) {
      const { chosen, candidates, why } = fitTo({ ...five, seed, law: "utilisations" });
      expect(chosen.model, `seed ${seed}: ${why}`).toBe("linear");
      // The mean of |noise| is √(2/π) of its standard deviation.
      expect(candidates.find(({ model }) => model === "linear")!.meanError).toBeLessThan(
        1.3 * 0.015 * Math.sqrt(2 / Math.PI),
      );
    }
  });

  test("takes the table of pairs where slowdowns follow nothing but who runs", () => {
    const { chosen, why } = fitTo({ workloads: 7, noise: 0.015, seed: 2, law: "tempers" });
    expect(chosen.model, why).toBe("pairwise");
  });

  test("writes a valid noun that says how models were compared, with scores of all and the reason in numbers", () => {
    const fitted = interferenceSchema.parse(fitTo({ ...five, seed: 1, law: "utilisations" }));
    expect(fitted).toMatchObject({
      samples: 60,
      pairs: 10,
      validation: "leaving one pair of workloads out",
      quantile: null,
    });
    expect(fitted.candidates.map(({ model }) => model)).toEqual(["none", "constant", "pairwise", "linear"]);
    expect(fitted.why).toMatch(
      /^mean error [\d.]+ % against [\d.]+ % of the constant on pairs of workloads that it had not seen, a gain of [\d.]+ % ± [\d.]+ % over 10 sets of workloads held out \(p = [\d.e-]+\)$/,
    );
    expect(fitted.warnings).toEqual([]);
  });

  test("says which models did not beat the constant", () => {
    expect(fitTo({ ...five, seed: 1, law: "constant" }).why).toMatch(
      /no model beat it by more than chance: pairwise [\d.]+ % \(p = [\d.]+\), linear [\d.]+ % \(p = [\d.]+\)$/,
    );
  });

  test("at a quantile, covers that part of slowdowns drawn anew, by little more than it must", () => {
    for (const law of ["constant", "utilisations"] as const) {
      const { chosen, candidates } = fitTo({ ...five, seed: 4, law }, { quantile: 0.9 });
      const scored = candidates.find(({ model }) => model === chosen.model)!;
      expect(scored.coverage).toBeGreaterThan(0.85);
      const { samples, truth } = coLocations({ ...five, seed: 4, law });
      const above = samples.filter(
        ({ subject, neighbours }) => slowdownOf(chosen, subject, neighbours) > truth(subject, neighbours[0]!),
      );
      // 0.9 of a normal distribution lies below 1.28 standard deviations, so the bound lies above most truths, and not by far.
      expect(above.length / samples.length).toBeGreaterThan(0.9);
      for (const { subject, neighbours } of samples)
        expect(slowdownOf(chosen, subject, neighbours) / truth(subject, neighbours[0]!)).toBeLessThan(1.06);
    }
  });

  test("says when samples are too few for the quantile", () => {
    const { samples } = coLocations({ seed: 1, workloads: 2, noise: 0.01, law: "constant" });
    const { warnings, chosen } = fitInterferenceSamples(samples, { made, synthetic: true, quantile: 0.9 });
    expect(warnings.map(({ code }) => code)).toEqual(["few-pairs", "quantile-not-reached"]);
    const greatest = Math.max(...samples.map(({ slowdown }) => slowdown));
    expect(chosen.model === "constant" && chosen.slowdown).toBeGreaterThan(0.99 * greatest);
    expect(chosen.model === "constant" && chosen.slowdown).toBeLessThan(1.03 * greatest);
  });

  test("does without the linear model where nothing is known of utilisations", () => {
    const { candidates } = fitTo({ ...five, seed: 1, law: "utilisations" }, { utilisations: {} });
    expect(candidates.map(({ model }) => model)).toEqual(["none", "constant", "pairwise"]);
  });

  test("takes the model that is asked for, says which the scores would have taken, and refuses one that cannot be fitted", () => {
    const asked = fitTo({ ...five, seed: 1, law: "utilisations" }, { model: "constant" });
    expect(asked.chosen.model).toBe("constant");
    expect(asked.why).toMatch(/^asked for; by the scores linear: mean error /);
    expect(() => fitTo({ ...five, seed: 1, law: "constant" }, { model: "linear", utilisations: {} })).toThrow(
      'interference model "linear" cannot be fitted to these samples; give the utilisations of the workloads, or measure more samples',
    );
  });

  test("chooses none where neighbours are no burden", () => {
    const { samples } = coLocations({ seed: 1, workloads: 5, noise: 0, law: "constant" });
    const free = samples.map((sample) => ({ ...sample, slowdown: 1 }));
    const { chosen, why } = fitInterferenceSamples(free, { made, synthetic: true });
    expect(chosen).toEqual({ model: "none" });
    expect(why).toBe("mean error 0 %, no more than 0 % with the best constant");
  });

  test("keeps samples below 1 and says so; leaves out MIG instances, and says where those are slow", () => {
    const { samples } = coLocations({ seed: 1, workloads: 5, noise: 0.015, law: "constant" });
    const [first] = samples;
    const faster = { ...first!, slowdown: 0.9 };
    const isolated = { ...first!, subject: { ...first!.subject, isolated: true }, slowdown: 1.2 };
    const { warnings, samples: used } = fitInterferenceSamples([...samples, faster, isolated], {
      made,
      synthetic: true,
    });
    expect(used).toBe(samples.length + 1);
    expect(warnings.map(({ code, cause }) => `${code}: ${cause}`)).toEqual([
      "faster-beside-neighbours: 1 of 61 samples are faster beside neighbours than alone, by up to 10 %; they are kept",
      "slower-on-mig: samples on MIG instances (1) are slower by 20 % in the median beside neighbours, which instances should not feel",
    ]);
  });

  test("refuses no samples, nothing but MIG instances, and a quantile that is none", () => {
    const { samples } = coLocations({ seed: 1, workloads: 3, noise: 0, law: "constant" });
    const isolated = samples.map((each) => ({ ...each, subject: { ...each.subject, isolated: true } }));
    const options = { made, synthetic: true };
    expect(() => fitInterferenceSamples([], options)).toThrow("the measured slowdowns are none");
    expect(() => fitInterferenceSamples(isolated, options)).toThrow("are all of MIG instances");
    expect(() => fitInterferenceSamples(samples, { ...options, quantile: 1 })).toThrow("quantile 1 is out of range");
  });
});
