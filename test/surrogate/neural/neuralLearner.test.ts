import { seededRandom } from "@partitune/numerics";
import type { Learn } from "@partitune/solver";
import {
  improvedNetwork,
  type LearnCosts,
  neuralLearner,
  openTensorBackend,
  publishedNetwork,
} from "@partitune/surrogate";
import { describe, expect, expectTypeOf, it } from "vitest";
import { costRows, meanError } from "../fixtures/costRows.ts";

const backend = await openTensorBackend({ backend: "wasm" });
const rows = costRows("learnt", 3e7, 4e8);
const small = { ...improvedNetwork, units: [32, 16], epochs: 200 };

describe("neuralLearner", () => {
  it("predicts time and power within 12 % in modes that were not measured", () => {
    const random = seededRandom("modes");
    const measured = random.shuffle(rows).slice(0, 24);
    const predict = neuralLearner(backend, small)(measured, seededRandom(1));
    const unseen = rows.filter((row) => !measured.includes(row));
    expect(meanError(unseen, predict)).toBeLessThan(0.12);
  });

  it("never predicts a time or power of 0 or less, not even where a network trained on plain values falls below", () => {
    const predict = neuralLearner(backend, { ...publishedNetwork, units: [8], dropout: [0], epochs: 40 })(
      rows,
      seededRandom(1),
    );
    for (const x of [
      [1e-3, 1, 1],
      [1e3, 1e13, 1e13],
    ]) {
      const { timeSeconds, powerWatts } = predict(x);
      expect(Math.min(timeSeconds, powerWatts)).toBeGreaterThan(0);
    }
  });

  it.each([
    ["no rows", [], "has no rows"],
    ["a time of 0", [{ ...rows[0]!, timeSeconds: 0 }], "holds 0 in row 0"],
    ["a power that is no number", [rows[0]!, { ...rows[1]!, powerWatts: Number.NaN }], "holds NaN in row 1"],
    ["a clock below 0", [{ ...rows[0]!, x: [4, -1, 2e8] }], "holds -1 in row 0"],
    [
      "rows of different settings",
      [rows[0]!, { ...rows[1]!, x: [4, 4e8] }],
      "has 2 settings in row 1 and 3 in the first",
    ],
    ["rows without settings", [{ ...rows[0]!, x: [] }], "has 0 settings in row 0"],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => neuralLearner(backend, small)(wrong, seededRandom(1))).toThrow(message);
  });
});

it("learners are what search strategies take", () => {
  expectTypeOf<LearnCosts>().toExtend<Learn>();
});

describe("the recipes", () => {
  it("are PowerTrain's layers, with its dropout and without", () => {
    expect(publishedNetwork).toMatchObject({
      units: [256, 128, 64],
      dropout: [0.4, 0.3, 0],
      batch: 16,
      learningRate: 1e-3,
      validation: 0.2,
    });
    expect(improvedNetwork).toMatchObject({ units: [256, 128, 64], dropout: [0, 0, 0], logarithm: true });
  });
});
