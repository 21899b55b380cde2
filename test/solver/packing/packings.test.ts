import { hashSeed } from "@partitune/numerics";
import {
  type Card,
  columnGeneration,
  type PackingName,
  type PackingRuleName,
  packExactly,
  packings,
  responseQuantile,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "./checkLayout.ts";
import { gpusOf, mig, randomProblem, tenths } from "./fixtures.ts";

const names = Object.keys(packings) as readonly PackingName[];
const heuristics = ["kaist", "gpulet", "igniter", "parvagpu", "nexus", "whole-gpu", "time-slicing"] as const;
const cards: Readonly<Record<string, Card>> = { mig, tenths };
const rules: readonly PackingRuleName[] = ["half-slo", "parva-0.45", "latency-only", "duty-own", "duty-sum"];
const seeds = [1, 2, 3];

function problems(rule: PackingRuleName, cardName: string, count = 4) {
  return seeds.map((seed) => randomProblem(hashSeed("packing", seed), cards[cardName]!, rule, count));
}

describe.each(["mig", "tenths"])("on pieces of %s", (cardName) => {
  describe.each(rules)("under %s", (rule) => {
    test.each(names)("every layout of %s keeps the rule, says a checker of its own", async (name) => {
      const limited = name === "milp" && cardName === "tenths" ? 3 : 4;
      let packed = 0;
      for (const problem of problems(rule, cardName, limited)) {
        const packing = await packings[name](problem);
        if (packing.status === "unservable") {
          expect(packing.services.length).toBeGreaterThan(0);
          continue;
        }
        expect(checkLayout(problem, packing.layout)).toEqual([]);
        packed += 1;
      }
      expect(packed).toBeGreaterThan(0);
    });
  });

  test.each(["half-slo", "parva-0.45", "latency-only"] as const)(
    "under %s no heuristic uses fewer GPUs than the exact method, nor fewer than any bound",
    async (rule) => {
      for (const problem of problems(rule, cardName, 3)) {
        const [exact, generated] = [await packExactly(problem), await columnGeneration(problem)];
        if (exact.status !== "packed" || generated.status !== "packed") throw new Error("a service is lost");
        expect(exact.proved).toBe(true);
        expect(gpusOf(generated)).toBeGreaterThanOrEqual(gpusOf(exact));
        expect(generated.bound).toBeLessThanOrEqual(gpusOf(exact) + 1e-6);
        for (const name of heuristics) {
          const packing = packings[name](problem);
          if (packing.status === "packed") expect(gpusOf(packing)).toBeGreaterThanOrEqual(gpusOf(exact));
        }
      }
    },
  );

  test("taking turns in pairs, the exact method uses no more GPUs than kaist in pairs, nor than it does without turns", async () => {
    for (const problem of problems("duty-own", cardName, 3)) {
      const shared = await packExactly(problem, { mostTenants: 2 });
      const apart = await packExactly({ ...problem, rule: "half-slo" });
      if (shared.status !== "packed") throw new Error("a service is lost");
      expect(checkLayout(problem, shared.layout)).toEqual([]);
      expect(gpusOf(shared)).toBeLessThanOrEqual(gpusOf(packings.kaist(problem, { mostTenants: 2 })));
      expect(gpusOf(shared)).toBeLessThanOrEqual(gpusOf(apart));
      expect(shared.bound).toBeLessThanOrEqual(gpusOf(shared) + 1e-6);
    }
  });

  test("a dominated configuration changes nothing for the exact method", async () => {
    for (const problem of problems("half-slo", cardName, 3)) {
      const worse = problem.rows.map((row) => ({
        ...row,
        processes: 2,
        latencySeconds: 1.1 * row.latencySeconds,
        ratePerSecond: 0.9 * row.ratePerSecond,
      }));
      const widened = { ...problem, rows: [...problem.rows, ...worse] };
      expect(await packExactly(widened)).toEqual(await packExactly(problem));
    }
  });

  test("the exact method needs no more GPUs when a rate falls", async () => {
    for (const problem of problems("half-slo", cardName, 3)) {
      const [first, ...rest] = problem.services;
      const fewer = { ...problem, services: [{ ...first!, ratePerSecond: first!.ratePerSecond / 3 }, ...rest] };
      expect(gpusOf(await packExactly(fewer))).toBeLessThanOrEqual(gpusOf(await packExactly(problem)));
    }
  });
});

describe("under queue", () => {
  test("every station of a layout keeps its deadline by the exact quantile, at no more than 97 % load", async () => {
    const wide = randomProblem(5, mig, "queue", 3);
    const problem = { ...wide, rows: wide.rows.filter(({ batch }) => batch <= 4) };
    const packing = await columnGeneration(problem);
    if (packing.status !== "packed") throw new Error("a service is lost");
    expect(checkLayout(problem, packing.layout)).toEqual([]);
    for (const { piece, tenants } of packing.layout.gpus.flatMap(({ pieces }) => pieces)) {
      const [tenant] = tenants;
      const service = problem.services.find(({ name }) => name === tenant!.service)!;
      const latencies = problem.rows.filter((row) => row.model === service.model && row.piece === piece);
      const at = (batch: number) => latencies.find((row) => row.batch === batch)!.latencySeconds;
      const curve = [at(1), at(2), (at(2) + at(4)) / 2, at(4)].slice(0, tenant!.batch);
      const station = { serviceSeconds: curve, occupancySeconds: curve, ratios: [1] };
      expect(tenant!.ratePerSecond * curve.at(-1)!).toBeLessThanOrEqual(0.97 * tenant!.batch + 1e-9);
      expect(responseQuantile(station, tenant!.ratePerSecond, 0.99)).toBeLessThanOrEqual(service.deadlineSeconds);
    }
  });
});

describe("memory", () => {
  test.each(names)("that all shares of a card take from is never given twice, says the checker of %s", async (name) => {
    const problem = randomProblem(9, { ...tenths, memoryBytes: 16e9 }, "duty-own", 3);
    const packing = await packings[name]({
      ...problem,
      rows: problem.rows.map((row) => ({ ...row, memoryBytes: 6e9 })),
    });
    if (packing.status !== "packed") throw new Error("a service is lost");
    for (const { pieces } of packing.layout.gpus) {
      expect(pieces.flatMap(({ tenants }) => tenants).length).toBeLessThanOrEqual(2);
    }
  });
});

describe("every method", () => {
  test.each(names)("%s gives a service without requests no piece", async (name) => {
    const problem = randomProblem(7, mig, "half-slo", 2);
    const [first, second] = problem.services;
    const packing = await packings[name]({ ...problem, services: [{ ...first!, ratePerSecond: 0 }, second!] });
    if (packing.status !== "packed") throw new Error("a service is lost");
    const tenants = packing.layout.gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
    expect(new Set(tenants.map(({ service }) => service))).toEqual(new Set([second!.name]));
  });

  test.each(names)("%s uses no GPU when nobody sends requests", async (name) => {
    const problem = randomProblem(7, mig, "half-slo", 2);
    const idle = { ...problem, services: problem.services.map((service) => ({ ...service, ratePerSecond: 0 })) };
    expect(gpusOf(await packings[name](idle))).toBe(0);
  });

  test.each(names)("%s names the service that no piece serves, and the least latency it reaches", async (name) => {
    const problem = randomProblem(7, mig, "half-slo", 2);
    const [first, second] = problem.services;
    const packing = await packings[name]({ ...problem, services: [{ ...first!, deadlineSeconds: 1e-4 }, second!] });
    if (packing.status !== "unservable") throw new Error("packed what cannot be served");
    expect(packing.services.map(({ service }) => service)).toEqual([first!.name]);
    expect(packing.services[0]!.leastLatencySeconds).toBeGreaterThan(1e-4);
    expect(packing.services[0]!.reason).toContain('model "m0" cannot keep 100 µs under half-slo');
  });
});
