import { describe, expect, it } from "vitest";
import { independentParts } from "../../../packages/simulator/src/fleet/independentParts.ts";
import { toFleet } from "../../../packages/simulator/src/fleet/toFleet.ts";
import { mig, mps, type TestPiece, testFleet } from "./testFleet.ts";

function partsOf(names: readonly string[], pieces: readonly TestPiece[]) {
  const plan = testFleet({
    services: names.map((name) => ({ name, ratePerSecond: 1 })),
    interference: { model: "constant", slowdown: 1.1 },
    pieces,
  });
  return independentParts(toFleet(plan, {}, 1)).map(({ islands, services }) => ({
    pieces: islands.map(({ rooms }) => rooms.map(({ piece }) => piece)),
    services: services.map((index) => names[index]),
  }));
}

const on = (gpu: string, partition: TestPiece["partition"], ...services: readonly string[]): TestPiece => ({
  gpu,
  partition,
  tenants: services.map((service) => ({ service, times: [0.01] })),
});

describe("what can be played apart", () => {
  it("are MIG instances, unless a service or a tenant ties them together", () => {
    const pieces = [
      on("g0", mig(1, 0), "a"),
      on("g0", mig(1, 1), "b", "c"),
      on("g0", mig(1, 2), "d"),
      on("g1", mig(1, 0), "a"),
      on("g1", mig(1, 1), "c"),
    ];
    expect(partsOf(["a", "b", "c", "d"], pieces)).toEqual([
      { pieces: [["g0.0"], ["g1.0"]], services: ["a"] },
      { pieces: [["g0.1"], ["g1.1"]], services: ["b", "c"] },
      { pieces: [["g0.2"]], services: ["d"] },
    ]);
  });

  it("are cards with MPS shares as wholes", () => {
    const pieces = [on("g0", mps(0.5), "a"), on("g0", mps(0.5), "b"), on("g1", mps(0.5), "c"), on("g1", mps(0.5), "d")];
    expect(partsOf(["a", "b", "c", "d"], pieces)).toEqual([
      { pieces: [["g0.0", "g0.1"]], services: ["a", "b"] },
      { pieces: [["g1.0", "g1.1"]], services: ["c", "d"] },
    ]);
  });

  it("grow together when a later piece connects them", () => {
    const pieces = [on("g0", mig(1, 0), "a"), on("g0", mig(1, 1), "b"), on("g0", mig(1, 2), "a", "b")];
    expect(partsOf(["a", "b"], pieces)).toEqual([{ pieces: [["g0.0"], ["g0.1"], ["g0.2"]], services: ["a", "b"] }]);
  });
});
