import {
  columnGeneration,
  igniterShare,
  kaist,
  nexus,
  type PackingProblem,
  type PieceRow,
  type PlacedPiece,
  packExactly,
  parvagpu,
  wholeGpu,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "./checkLayout.ts";
import { gpusOf, hasScenarios, mig, scenario } from "./fixtures.ts";

const names = ["S1", "S2", "S3", "S4"] as const;

/** The published allocator's starts, preferred first. */
const published: Readonly<Record<string, readonly number[]>> = {
  "1g": [0, 6, 4, 1, 2, 3, 5],
  "2g": [0, 4, 2],
  "3g": [4],
  "4g": [0],
  "7g": [0],
};

/** The published allocator's view of a GPU: a piece blocks only the slice it begins at, and a 3g begins at 4 only. */
const flawed = {
  ...mig,
  starts(placed: readonly PlacedPiece[], piece: string): readonly number[] {
    const has3g = (start: number) => placed.some((other) => other.piece === "3g" && other.start === start);
    if (piece === "1g" && has3g(0) && has3g(4)) return [];
    return published[piece]!.filter((start) => !placed.some((other) => other.start === start));
  },
};

describe.skipIf(!hasScenarios)(
  "published scenarios of eleven networks on an A100 (needs ../shared/data/parvagpu)",
  () => {
    // GPU counts rebuilt from the published description, Lee et al., SC 2024; those after dissolving equal the published plans.
    test.each([
      ["S1", 2, 2],
      ["S2", 3, 3],
      ["S3", 8, 5],
      ["S4", 11, 7],
    ])(
      "%s: parvagpu with the published flaw in starts uses %i GPUs, and %i after dissolving",
      (name, before, after) => {
        const problem = { ...scenario(name, "parva-0.45", 5), card: flawed };
        expect(gpusOf(parvagpu(problem, { dissolve: false }))).toBe(before);
        expect(gpusOf(parvagpu(problem))).toBe(after);
      },
    );

    // Optimum and cover bound: proved by rounding the bound up.
    const optima = [
      ["S1", "parva-0.45", 2, 1.429],
      ["S2", "parva-0.45", 3, 2.857],
      ["S3", "parva-0.45", 5, 4.286],
      ["S4", "parva-0.45", 7, 6.286],
      ["S1", "latency-only", 2, 1.143],
      ["S2", "latency-only", 3, 2.429],
      ["S3", "latency-only", 4, 3.857],
      ["S4", "latency-only", 6, 5.571],
    ] as const;

    test.each(optima)(
      "%s under %s: %i GPUs, found and proved by covers and patterns",
      async (name, rule, optimum, bound) => {
        const problem = scenario(name, rule, rule === "latency-only" ? 5 : 3);
        const packing = await columnGeneration(problem);
        if (packing.status !== "packed") throw new Error("a service is lost");
        expect([packing.layout.gpus.length, packing.proved]).toEqual([optimum, true]);
        expect(packing.bound).toBeLessThan(bound + 5e-4);
        expect(packing.bound).toBeGreaterThan(optimum - 1);
        expect(checkLayout(problem, packing.layout)).toEqual([]);
      },
    );

    test.each(optima)(
      "%s under %s: %i GPUs, found and proved by one model of all covers",
      async (name, rule, optimum) => {
        const packing = await packExactly(scenario(name, rule, rule === "latency-only" ? 5 : 3));
        expect(packing.status === "packed" && [packing.layout.gpus.length, packing.proved]).toEqual([optimum, true]);
      },
    );

    test.each(names)("%s: legal starts cost parvagpu no GPU", (name) => {
      const problem = scenario(name, "parva-0.45", 3);
      const packing = parvagpu(problem);
      expect(gpusOf(packing)).toBe({ S1: 2, S2: 3, S3: 5, S4: 7 }[name]);
      expect(packing.status === "packed" && checkLayout(problem, packing.layout)).toEqual([]);
    });

    test.each(names)("%s: kaist is legal and at the optimum, the whole-gpu baseline far from it", (name) => {
      const problem = scenario(name, "parva-0.45", 3);
      const packing = kaist(problem);
      expect(gpusOf(packing)).toBe({ S1: 2, S2: 3, S3: 5, S4: 7 }[name]);
      expect(packing.status === "packed" && checkLayout(problem, packing.layout)).toEqual([]);
      expect(gpusOf(wholeGpu(problem))).toBe({ S1: 6, S2: 11, S3: 11, S4: 11 }[name]);
    });
  },
);

describe("the worked example of Nexus (Shen et al., SOSP 2019, section 4.1)", () => {
  const latencies = {
    A: [
      [8, 75],
      [16, 100],
    ],
    B: [
      [4, 50],
      [16, 125],
    ],
    C: [
      [4, 60],
      [16, 125],
    ],
  } as const;
  const rows = Object.entries(latencies).flatMap(([model, points]) =>
    points.map(
      ([batch, ms]): PieceRow => ({
        model,
        piece: "7g",
        batch,
        processes: 1,
        latencySeconds: ms / 1000,
        ratePerSecond: batch / (ms / 1000),
        memoryBytes: null,
        powerWatts: null,
      }),
    ),
  );
  const problemOf = (rates: Readonly<Record<string, number>>): PackingProblem => ({
    card: mig,
    services: Object.entries(rates).map(([model, ratePerSecond]) => ({
      name: model,
      model,
      ratePerSecond,
      deadlineSeconds: model === "A" ? 0.2 : 0.25,
      percentile: 0.99,
    })),
    rows,
    rule: "duty-own",
  });
  const batches = (packing: ReturnType<typeof nexus>) =>
    packing.status === "packed" &&
    packing.layout.gpus.map(({ pieces }) =>
      pieces[0]!.tenants.map(({ service, batch }) => `${service}${batch}`).sort(),
    );

  test("A 64/s, B 32/s, C 32/s: A in batches of 8 and B of 4 share a GPU, C in batches of 4 has one", () => {
    const packing = nexus(problemOf({ A: 64, B: 32, C: 32 }));
    expect(batches(packing)).toEqual([["A8", "B4"], ["C4"]]);
    expect(packing.status === "packed" && checkLayout(problemOf({ A: 64, B: 32, C: 32 }), packing.layout)).toEqual([]);
  });

  test("saturated, A answers 160/s, B and C 128/s: as many GPUs as that fills, the rests as before", () => {
    expect(batches(nexus(problemOf({ A: 64 + 160, B: 32 + 128, C: 32 + 2 * 128 })))).toEqual([
      ["A16"],
      ["B16"],
      ["C16"],
      ["C16"],
      ["A8", "B4"],
      ["C4"],
    ]);
  });

  test("under a rule that does not cover turns every service has a GPU of its own", () => {
    expect(gpusOf(nexus({ ...problemOf({ A: 64, B: 32, C: 32 }), rule: "half-slo" }))).toBe(3);
  });
});

describe("the closed forms of iGniter (Xu et al., TPDS 2023)", () => {
  const model = {
    active: [0.05, 20, 30, 2, 0.4],
    baseMs: 0.2,
    inputPerRequest: 0.6,
    outputPerRequest: 0.004,
    bandwidth: 10,
  } as const;

  test("made-up coefficients at 400/s and 40 ms: batches of 8 on 10 %", () => {
    // Δ = 20, b = ⌈20·0.4·10/(10 + 0.24)⌉ = 8; γ = 193.2; δ = 20 − 0.2 − 0.4832 − 0.4 = 18.9168; γ/δ − 2 = 8.21 → 10 %
    expect(igniterShare(model, 400, 0.04)).toEqual({ batch: 8, percent: 10 });
  });

  test("a higher rate never needs a smaller share", () => {
    const shares = [50, 100, 200, 400, 800, 1600].map((rate) => igniterShare(model, rate, 0.04)!.percent);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  test("no share suffices when the base time alone takes half the deadline", () => {
    expect(igniterShare({ ...model, baseMs: 30 }, 400, 0.04)).toBeNull();
  });
});
