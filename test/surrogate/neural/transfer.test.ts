import { seededRandom } from "@partitune/numerics";
import {
  improvedNetwork,
  neuralLearner,
  openTensorBackend,
  parseCostNetworks,
  trainReference,
  transferLearner,
} from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { costRows, meanError } from "../fixtures/costRows.ts";

const backend = await openTensorBackend({ backend: "wasm" });
const recipe = { ...improvedNetwork, units: [32, 16], epochs: 200 };
const reference = trainReference(backend, costRows("reference", 3e7, 4e8), seededRandom("reference"), recipe);
const rows = costRows("other", 6e7, 5e8);
const measured = seededRandom("modes").shuffle(rows).slice(0, 12);

describe("transferLearner", () => {
  it("predicts a related workload from few modes better than a network trained as long on them alone", () => {
    const errors = ["1", "2", "3"].map((seed) => {
      const transferred = transferLearner(backend, reference, {})(measured, seededRandom(seed));
      const alone = neuralLearner(backend, { ...recipe, epochs: 100, batch: 32 })(measured, seededRandom(seed));
      return [meanError(rows, transferred), meanError(rows, alone)] as const;
    });
    const mean = (column: 0 | 1) => errors.reduce((sum, pair) => sum + pair[column], 0) / errors.length;
    expect(mean(0)).toBeLessThan(mean(1));
    expect(mean(0)).toBeLessThan(0.2);
  });

  it("gives the same predictions from a reference that was saved and read back", () => {
    const restored = parseCostNetworks(JSON.parse(JSON.stringify(reference)));
    const [first, second] = [reference, restored].map((one) =>
      transferLearner(backend, one, { epochs: 5, dropout: [0.4, 0.3] })(measured, seededRandom(1))(rows[0]!.x),
    );
    expect(second).toEqual(first);
  });

  it("does not change the reference", () => {
    const before = structuredClone(reference);
    transferLearner(backend, reference, { epochs: 2 })(measured, seededRandom(1));
    expect(reference).toEqual(before);
  });

  it("refuses modes with other settings than the reference", () => {
    const learn = transferLearner(backend, reference);
    expect(() => learn([{ ...rows[0]!, x: [4, 4e8] }], seededRandom(1))).toThrow(
      "a measured mode has 2 settings, and the reference 3",
    );
  });

  it("leaves no tensors behind", () => {
    const before = backend.tf.memory().numTensors;
    transferLearner(backend, reference, { epochs: 2 })(measured, seededRandom(1));
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

describe("parseCostNetworks", () => {
  const { timeSeconds } = reference;
  it.each([
    ["nothing", undefined, "the reference network cannot be read"],
    ["one network alone", { timeSeconds }, "powerWatts"],
    [
      "weights that are missing",
      {
        ...reference,
        timeSeconds: {
          ...timeSeconds,
          layers: timeSeconds.layers.with(1, { ...timeSeconds.layers[1]!, weights: [1] }),
        },
      },
      "its layers do not fit together",
    ],
    [
      "layers out of order",
      { ...reference, powerWatts: { ...reference.powerWatts, layers: reference.powerWatts.layers.toReversed() } },
      "its layers do not fit together",
    ],
    [
      "more than one output",
      { ...reference, timeSeconds: { ...timeSeconds, layers: timeSeconds.layers.slice(0, 2) } },
      "its layers do not fit together",
    ],
  ])("refuses %s", (_, data, message) => {
    expect(() => parseCostNetworks(data)).toThrow(message);
  });
});
