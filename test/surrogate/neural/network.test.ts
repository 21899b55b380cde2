import { describe, expect, it } from "vitest";
import { type Network, networkFunction, standardise } from "../../../packages/surrogate/src/neural/network.ts";

/** One hidden layer of two units over one input: 2·relu(x − 1) + 3·relu(0.5 − x) + 1. */
const byHand: Network = {
  logarithm: false,
  inputs: [{ centre: 0, spread: 1 }],
  output: { centre: 0, spread: 1 },
  layers: [
    { inputs: 1, outputs: 2, weights: [1, -1, -1, 0.5] },
    { inputs: 2, outputs: 1, weights: [2, 3, 1] },
  ],
};

describe("networkFunction", () => {
  it.each([
    [3, 5],
    [0, 2.5],
    [0.75, 1],
  ])("of a network written down by hand, at %d, is %d", (x, y) => {
    expect(networkFunction(byHand)([x])).toBeCloseTo(y, 12);
  });

  it("standardises inputs, and undoes it for the output", () => {
    const scaled = { ...byHand, inputs: [{ centre: 10, spread: 2 }], output: { centre: 100, spread: 10 } };
    expect(networkFunction(scaled)([16])).toBeCloseTo(100 + 10 * 5, 10);
  });

  it("takes logarithms where it was trained on them", () => {
    expect(networkFunction({ ...byHand, logarithm: true })([Math.exp(3)])).toBeCloseTo(Math.exp(5), 8);
  });

  it("refuses a mode with other settings than it was trained on", () => {
    expect(() => networkFunction(byHand)([1, 2])).toThrow("a mode has 2 settings, and the network was trained on 1");
  });
});

describe("standardise", () => {
  it("gives numbers of spreads from the centre", () => {
    expect(
      standardise(
        [8, 1],
        [
          { centre: 4, spread: 2 },
          { centre: 0, spread: 1 },
        ],
        false,
      ),
    ).toEqual([2, 1]);
  });
});
