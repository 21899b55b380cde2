import { paretoFront } from "@partitune/schema";
import {
  type FleetPacking,
  type FleetProblem,
  fewestGpus,
  fleetFront,
  leastGpus,
  leastPowerFleet,
  methodPower,
  mostHeadroom,
  type PackingName,
  packings,
  roomiestFleet,
  toFleetPlan,
  wattsOf,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkFleetPlan } from "./checkFleetPlan.ts";
import { gpusOf, mig, randomProblem } from "./fixtures.ts";
import { smallFleetProfile } from "./fleetProfile.ts";
import { demandFor, made, statedFleet, threeDemands } from "./statedFleet.ts";

const modes = { default: [1, 1], low: [1.5, 0.4] } as const;
const profile = smallFleetProfile(modes);
const fleet = statedFleet({}, profile);
const two = threeDemands.slice(1);
const powered = [
  statedFleet({ demands: two }, profile),
  statedFleet({ demands: two, powerMode: "low" }, profile),
] as const;
const names = Object.keys(packings) as readonly PackingName[];

type Packed = Extract<FleetPacking, { status: "packed" }>;

function packed(packing: FleetPacking): Packed {
  if (packing.status !== "packed") throw new Error(JSON.stringify(packing));
  return packing;
}

function isSound(packing: Packed): void {
  const plan = toFleetPlan({ ...packing, made });
  expect(checkFleetPlan(plan, profile)).toEqual([]);
}

describe("fewestGpus", () => {
  test.each(names)("by %s is a sound plan with a bound that no method goes below", async (method) => {
    const { optimality, layouts } = packed(await fewestGpus(fleet, { method }));
    const least = Math.ceil((await leastGpus(fleet.problem))! - 1e-6);
    expect(optimality.bound).toBe(least);
    expect(optimality.value).toBe(layouts[0]!.layout.gpus.length);
    expect(optimality.gap).toBeCloseTo((optimality.value - least) / optimality.value, 12);
    expect(optimality.status === "optimal").toBe(optimality.value === least);
    isSound({ status: "packed", layouts, optimality });
  });

  test("says that there are too few GPUs, and whether that is proved", async () => {
    const exact = await fewestGpus(fleet, { mostGpus: 1 });
    expect(exact).toMatchObject({
      status: "infeasible",
      reason: expect.stringMatching(/^no plan uses fewer than \d+ GPUs, and there are 1$/),
    });
    const least = packed(await fewestGpus(fleet)).optimality.value;
    const whole = await fewestGpus(fleet, { method: "whole-gpu", mostGpus: least });
    const found = packed(await fewestGpus(fleet, { method: "whole-gpu" })).optimality.value;
    expect(whole.status).toBe(found > least ? "unknown" : "packed");
  });

  test("says which model cannot keep its deadline, and the least that it could promise", async () => {
    const packing = await fewestGpus(statedFleet({ demands: [demandFor("bert", 10, 0.003)] }, profile));
    expect(packing).toMatchObject({
      status: "unservable",
      services: [
        {
          service: "bert",
          reason:
            'model "bert" cannot keep 3 ms under half-slo: its quickest batch takes 11.1 ms (batch 1 on 7g.80gb), so 22.3 ms is the least that it can promise',
        },
      ],
    });
  });

  test("says that a model fits the memory of no piece", async () => {
    const measured = smallFleetProfile();
    const huge = {
      ...measured,
      measurements: measured.measurements.map((row) =>
        row.outcome.kind !== "measured"
          ? row
          : { ...row, outcome: { ...row.outcome, results: { ...row.outcome.results, memoryPeakBytes: 100e9 } } },
      ),
    };
    const packing = await fewestGpus(statedFleet({ demands: [demandFor("bert", 1, 1)] }, huge));
    expect(packing).toMatchObject({
      status: "unservable",
      services: [
        { reason: 'model "bert" fits no piece: it needs 100 GB at least, more than any piece it was measured on has' },
      ],
    });
  });
});

describe("leastPowerFleet", () => {
  test("draws no more than any method in any one mode, and no less than its bound", async () => {
    const best = packed(await leastPowerFleet(powered));
    isSound(best);
    const { value, bound } = best.optimality;
    expect(bound!).toBeLessThanOrEqual(value);
    for (const each of powered)
      for (const method of ["column-generation", "kaist", "parvagpu", "whole-gpu"] as const) {
        const { layouts } = packed(await fewestGpus(each, { method, least: 0 }));
        expect(wattsOf(layouts)!).toBeGreaterThanOrEqual(bound! * (1 - 1e-9));
      }
    const { optimality } = packed(await methodPower(powered[1], powered, { method: "kaist" }));
    expect(optimality).toMatchObject({ method: "kaist", objective: { name: "power", unit: "w" }, bound });
    expect(optimality.value).toBeGreaterThanOrEqual(bound!);
  });

  test("routes requests to where they take least energy, and states the power of that", async () => {
    const { layouts, optimality } = packed(await leastPowerFleet(powered));
    const { gpus } = toFleetPlan({ layouts, optimality, made });
    const added = gpus
      .flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants))
      .reduce((sum, tenant) => {
        const full = (tenant.processes * tenant.batch) / tenant.expected.batches.at(-1)!.serviceSeconds;
        return sum + tenant.powerWatts! * (tenant.ratePerSecond / full);
      }, 0);
    expect(added + 60 * gpus.length).toBeCloseTo(optimality.value, 3);
    expect(wattsOf(layouts)!).toBeGreaterThanOrEqual(optimality.value * (1 - 1e-9));
  });

  test("keeps to the GPUs that there are, or says that there is no way", async () => {
    const free = packed(await leastPowerFleet(powered));
    const least = packed(await fewestGpus(powered[0])).optimality.value;
    const tight = packed(await leastPowerFleet(powered, { mostGpus: least }));
    expect(tight.layouts.reduce((sum, { layout }) => sum + layout.gpus.length, 0)).toBe(least);
    expect(tight.optimality.value).toBeGreaterThanOrEqual(free.optimality.bound! * (1 - 1e-9));
    expect(await leastPowerFleet([fleet], { mostGpus: 1 })).toMatchObject({ status: "infeasible" });
  });

  test("asks for the idle power where it was not measured, and for powers where there are none", async () => {
    const unknown = statedFleet({ idleWatts: null }, profile);
    await expect(leastPowerFleet([unknown])).rejects.toThrow(
      'power mode "default" of "NVIDIA A100 SXM4 80GB" has no idle power',
    );
    const rows = fleet.problem.rows.map((row) => ({ ...row, powerWatts: null }));
    const bare: FleetProblem = { ...fleet, problem: { ...fleet.problem, rows } };
    await expect(leastPowerFleet([bare])).rejects.toThrow("has no measurement with a power");
  });
});

describe("roomiestFleet", () => {
  test.each(["headroom", "load"] as const)("for %s is a sound plan that bears what it says", async (objective) => {
    const packing = packed(await roomiestFleet(fleet, objective, 4));
    isSound(packing);
    const { value, bound } = packing.optimality;
    expect(bound!).toBeGreaterThanOrEqual(value);
    expect(packing.layouts[0]!.layout.gpus.length).toBeLessThanOrEqual(4);
    const demands = fleet.services.map((each) => ({
      ...each,
      service: each.name,
      ratePerSecond: each.ratePerSecond * value * 0.999,
    }));
    const grown = statedFleet({ demands: demands.map(({ name: _, ...demand }) => demand) }, profile);
    expect(packed(await fewestGpus(grown)).optimality.value).toBeLessThanOrEqual(4);
  });

  test("finds the same factor both ways, and more of it on more GPUs", async () => {
    let before = 0;
    for (const gpus of [3, 4, 5]) {
      const [headroom, load] = [
        packed(await roomiestFleet(fleet, "headroom", gpus)).optimality,
        packed(await roomiestFleet(fleet, "load", gpus)).optimality,
      ];
      expect(load.value).toBeLessThanOrEqual(headroom.bound! * (1 + 1e-9));
      expect(headroom.value).toBeLessThanOrEqual(load.bound! * (1 + 1e-9));
      expect(headroom.value).toBeGreaterThanOrEqual(before);
      before = headroom.value;
    }
  });

  test("says when so few GPUs cannot answer the rates, and how much they could", async () => {
    for (const objective of ["headroom", "load"] as const)
      expect(await roomiestFleet(fleet, objective, 1)).toMatchObject({
        status: "infeasible",
        reason: expect.stringMatching(
          /^1 GPU cannot answer the rates: the best plan found answers \d+ % of what is asked/,
        ),
      });
  });

  test("has nothing to have room for when nobody sends requests", async () => {
    const idle = statedFleet({ demands: [demandFor("bert", 0, 1)] }, profile);
    expect(await roomiestFleet(idle, "load", 2)).toMatchObject({ status: "infeasible" });
  });
});

describe("mostHeadroom", () => {
  test("agrees with trying every number of pieces of every size, where these are few", async () => {
    for (const seed of [1, 2, 3]) {
      const problem = { ...randomProblem(seed, mig, "half-slo", 2) };
      const found = await mostHeadroom(problem, 1, { relativeGap: 0 });
      if (found.status !== "packed") throw new Error(found.status);
      expect(found.factor).toBeCloseTo(bestOnOneGpu(problem), 6);
    }
  });

  test("refuses a fraction of a GPU", async () => {
    await expect(mostHeadroom(fleet.problem, 1.5)).rejects.toThrow("1.5 GPUs are no fleet");
  });
});

/** The most headroom that two services can have on one card, by trying every way to share out every maximal cut. */
function bestOnOneGpu({ services, rows, card }: ReturnType<typeof randomProblem>): number {
  const safe = services.map(({ model, deadlineSeconds }) =>
    card.pieces.map(({ name }) =>
      rows
        .filter((row) => row.model === model && row.piece === name && 2 * row.latencySeconds <= deadlineSeconds)
        .reduce((most, row) => Math.max(most, row.ratePerSecond), 0),
    ),
  );
  let best = 0;
  for (const pattern of card.patterns!) {
    const visit = (piece: number, rates: readonly number[]): void => {
      if (piece === pattern.length) {
        best = Math.max(best, Math.min(...services.map(({ ratePerSecond }, i) => rates[i]! / ratePerSecond)));
        return;
      }
      for (let own = 0; own <= pattern[piece]!; own += 1)
        visit(piece + 1, [rates[0]! + own * safe[0]![piece]!, rates[1]! + (pattern[piece]! - own) * safe[1]![piece]!]);
    };
    visit(0, [0, 0]);
  }
  return best;
}

describe("fleetFront", () => {
  test("of GPUs against load rises with every GPU", async () => {
    const front = await fleetFront([fleet], "load", { made, mostGpus: 5 });
    if ("status" in front) throw new Error(front.status);
    expect(paretoFront.parse(front)).toEqual(front);
    const values = front.points.filter(({ onFront }) => onFront).map((point) => point.values);
    expect(values.length).toBeGreaterThanOrEqual(3);
    for (const [i, [gpus, factor]] of values.entries()) {
      expect(gpus).toBeLessThanOrEqual(5);
      if (i > 0) expect(factor!).toBeGreaterThan(values[i - 1]![1]!);
    }
    expect(gpusOf(await packings["column-generation"](fleet.problem))).toBe(values[0]![0]);
  });

  test("of GPUs against power ends at the plan of least power", async () => {
    const front = await fleetFront(powered, "power", { made });
    if ("status" in front) throw new Error(front.status);
    const best = packed(await leastPowerFleet(powered)).optimality;
    const least = Math.min(...front.points.map(({ values }) => values[1]!));
    expect(least).toBeGreaterThanOrEqual(best.bound! * (1 - 1e-9));
    expect(least).toBeLessThanOrEqual(best.value * 1.002);
  });

  test("says whom nobody can serve", async () => {
    const impossible = statedFleet({ demands: [demandFor("bert", 10, 0.003)] }, profile);
    expect(await fleetFront([impossible], "load", { made })).toMatchObject({ status: "unservable" });
  });
});
