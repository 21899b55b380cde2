import {
  type CardKind,
  columnGeneration,
  layoutValue,
  leastPower,
  type PackingProblem,
  type PowerPacking,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "./checkLayout.ts";
import { gpusOf, mig, randomProblem } from "./fixtures.ts";

const idleWatts = 60;
/** Relative gap at which searches stop, so that they take a moment only. */
const gap = 5e-3;
const slack = 1 + 1.01 * gap;
const problems = [1, 2, 3].map((seed) => randomProblem(seed, mig, "half-slo", 3));
const full = ({ rows }: PackingProblem): CardKind => ({ name: "full clock", card: mig, rows, idleWatts });

/** The same card at a lower clock: half as fast again as long, at well under half the power. */
const low = ({ rows }: PackingProblem): CardKind => ({
  name: "low clock",
  card: mig,
  idleWatts: 45,
  rows: rows.map((row) => ({
    ...row,
    latencySeconds: 1.5 * row.latencySeconds,
    ratePerSecond: row.ratePerSecond / 1.5,
    powerWatts: 0.4 * row.powerWatts!,
  })),
});

function packed(packing: PowerPacking) {
  if (packing.status !== "packed") throw new Error(packing.status);
  return packing;
}

const power = (problem: PackingProblem, kinds: readonly CardKind[], mostGpus?: number) =>
  leastPower(
    { services: problem.services, rule: problem.rule, kinds, ...(mostGpus === undefined ? {} : { mostGpus }) },
    { relativeGap: gap },
  );

describe("the layout of least power", () => {
  test.each(problems)("is legal, and draws what its bound says", async (problem) => {
    const { layouts, watts, boundWatts } = packed(await power(problem, [full(problem)]));
    expect(checkLayout(problem, layouts[0]!.layout)).toEqual([]);
    expect(watts).toBeLessThanOrEqual(boundWatts * slack);
    expect(watts).toBeGreaterThan(idleWatts * layouts[0]!.layout.gpus.length);
  });

  test.each(problems)(
    "draws no more than the layout of fewest GPUs, on which requests spread evenly",
    async (problem) => {
      const fewest = await columnGeneration(problem);
      if (fewest.status !== "packed") throw new Error("a service is lost");
      const other = idleWatts * gpusOf(fewest) + layoutValue(problem, fewest.layout).addedWatts!;
      expect(packed(await power(problem, [full(problem)])).watts).toBeLessThanOrEqual(other * slack);
    },
  );

  test.each(problems)(
    "draws no more when a lower clock may be chosen for each card, and less than when it must be",
    async (problem) => {
      const [both, high] = [await power(problem, [full(problem), low(problem)]), await power(problem, [full(problem)])];
      expect(packed(both).watts).toBeLessThanOrEqual(packed(high).watts * slack);
      const slow = await power(problem, [low(problem)]);
      if (slow.status === "packed") expect(packed(both).watts).toBeLessThanOrEqual(slow.watts * slack);
      expect(packed(both).layouts.map(({ kind }) => kind)).toContain("low clock");
    },
  );

  test("is found within a number of GPUs, down to the fewest there can be", async () => {
    const [problem] = problems;
    const fewest = gpusOf(await columnGeneration(problem!));
    const free = packed(await power(problem!, [full(problem!)]));
    const tight = packed(await power(problem!, [full(problem!)], fewest));
    expect(tight.layouts.reduce((sum, { layout }) => sum + layout.gpus.length, 0)).toBe(fewest);
    expect(tight.watts).toBeGreaterThanOrEqual(free.watts / slack);
    expect(await power(problem!, [full(problem!)], fewest - 1)).toEqual({ status: "infeasible" });
  });

  test("does not exist for a service that no kind serves", async () => {
    const [problem] = problems;
    const services = problem!.services.map((service) => ({ ...service, deadlineSeconds: 1e-4 }));
    const packing = await power({ ...problem!, services }, [full(problem!), low(problem!)]);
    expect(packing.status === "unservable" && packing.services.length).toBe(services.length);
  });

  test.each<[string, (kind: CardKind) => readonly CardKind[]]>([
    ["has the power null", (kind) => [{ ...kind, rows: kind.rows.map((row) => ({ ...row, powerWatts: null })) }]],
    ["idles at -1 W", (kind) => [{ ...kind, idleWatts: -1 }]],
    ["share a name", (kind) => [kind, kind]],
    ["nothing was measured", (kind) => [{ ...kind, rows: [] }]],
  ])("is refused where a kind %s", async (fault, change) => {
    const [problem] = problems;
    await expect(power(problem!, change(full(problem!)))).rejects.toThrow(fault);
  });
});
