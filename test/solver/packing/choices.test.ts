import { type PackingProblem, toChoices } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { mig, randomProblem } from "./fixtures.ts";

const problem = randomProblem(1, mig, "half-slo", 2);
const [service] = problem.services;
const [row] = problem.rows;
const withService = (patch: object): PackingProblem => ({ ...problem, services: [{ ...service!, ...patch }] });
const withRow = (patch: object): PackingProblem => ({ ...problem, rows: [{ ...row!, ...patch }, ...problem.rows] });

describe("what a service may run as", () => {
  test("is of each piece the configuration with the highest safe rate", () => {
    for (const own of toChoices(problem).services) {
      for (const { piece, safeRate } of own.best) {
        const able = problem.rows.filter(
          (each) =>
            each.model === own.service.model &&
            each.piece === piece &&
            2 * each.latencySeconds <= own.service.deadlineSeconds,
        );
        expect(safeRate).toBe(Math.max(...able.map(({ ratePerSecond }) => ratePerSecond)));
      }
    }
  });

  test("leaves out what did not run and what does not fit the memory", () => {
    const none = { ...problem, rows: problem.rows.map((each) => ({ ...each, ratePerSecond: 0, latencySeconds: 0 })) };
    expect(toChoices(none).services.every(({ best }) => best.length === 0)).toBe(true);
    const large = problem.rows.map((each) => ({ ...each, memoryBytes: 30 }));
    const pieces = mig.pieces.map((piece, i) => ({ ...piece, memoryBytes: [10, 20, 40, 40, 80][i]! }));
    const chosen = toChoices({ ...problem, rows: large, card: { ...mig, pieces } }).services;
    expect(chosen.flatMap(({ best }) => best.map(({ piece }) => piece))).not.toContain("2g");
    expect(chosen.flatMap(({ best }) => best.map(({ piece }) => piece))).toContain("3g");
  });

  test("has headroom on top of the rate", () => {
    expect(toChoices({ ...problem, headroom: 0.25 }).services[0]!.need).toBe(1.25 * service!.ratePerSecond);
  });
});

describe("refused are", () => {
  test.each<[string, PackingProblem, string]>([
    ["services of one name", { ...problem, services: [service!, service!] }, "share a name"],
    ["a negative rate", withService({ ratePerSecond: -1 }), "has the rate -1"],
    ["an endless rate", withService({ ratePerSecond: Number.POSITIVE_INFINITY }), "has the rate Infinity"],
    ["a deadline of nothing", withService({ deadlineSeconds: 0 }), "has the deadline 0"],
    ["a percentile of one", withService({ percentile: 1 }), "has the percentile 1"],
    ["a model that was not measured", withService({ model: "x" }), 'runs model "x", of which nothing was measured'],
    ["negative headroom", { ...problem, headroom: -0.1 }, "headroom is -0.1"],
    ["an unknown piece", withRow({ piece: "5g" }), "names a piece that seven-slice MIG does not have"],
    ["a row that stands twice", withRow({}), "stands twice"],
    ["half a request", withRow({ batch: 0.5 }), "counts no whole requests"],
    ["a rate that is no number", withRow({ batch: 3, ratePerSecond: Number.NaN }), "has the rate NaN"],
    ["a batch in no time", withRow({ batch: 3, latencySeconds: 0 }), "has the latency 0"],
  ])("%s", (_, bad, fault) => {
    expect(() => toChoices(bad)).toThrow(fault);
  });
});
