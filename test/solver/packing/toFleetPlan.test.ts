import { type FleetPlan, fleetPlan } from "@partitune/schema";
import { fewestGpus, type PackingRuleName, toFleetPlan } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkFleetPlan } from "./checkFleetPlan.ts";
import { hasScenarios, scenario } from "./fixtures.ts";
import { profileOf, publishedProfile, smallFleetProfile } from "./fleetProfile.ts";
import { demandFor, made, statedFleet, threeDemands } from "./statedFleet.ts";

const profile = smallFleetProfile();

async function planOf(...args: Parameters<typeof statedFleet>): Promise<FleetPlan> {
  const packing = await fewestGpus(statedFleet(...args));
  if (packing.status !== "packed") throw new Error(JSON.stringify(packing));
  return toFleetPlan({ ...packing, made });
}

const tenantsOf = (plan: FleetPlan) => plan.gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants));

describe("toFleetPlan", () => {
  test.each([
    ["MIG instances", "queue", ["mig"]],
    ["MPS shares", "half-slo", ["mps-share"]],
    ["MPS shares in turns", "duty-own", ["mps-share"]],
    ["whole cards", "queue", ["whole"]],
    ["any cut, a card in one way", "parva-0.45", ["mig", "mps-share", "whole"]],
  ] as const)("of %s is a plan that an independent check finds nothing wrong with", async (_, rule, pieces) => {
    const plan = await planOf({ pieces, rule, interference: { model: "constant", slowdown: 1.09 } });
    expect(checkFleetPlan(plan, profile)).toEqual([]);
    expect(fleetPlan.parse(plan)).toEqual(plan);
    expect(plan.synthetic).toBe(true);
  });

  test("names cards, pieces and tenants in order, each once, every instance at its start", async () => {
    const plan = await planOf();
    expect(plan.gpus.map(({ id }) => id)).toEqual(plan.gpus.map((_, i) => `gpu${i}`));
    for (const { id, pieces } of plan.gpus)
      expect(pieces.map((piece) => piece.id)).toEqual(pieces.map((_, i) => `${id}.${i}`));
    for (const { name } of plan.services) {
      const own = tenantsOf(plan).filter(({ service }) => service === name);
      expect(own.map(({ id }) => id)).toEqual(own.map((_, i) => `${name}-${i}`));
    }
    const partitions = plan.gpus.flatMap(({ pieces }) => pieces.map(({ partition }) => partition));
    expect(partitions.every((each) => each.kind === "mig" && each.start !== undefined)).toBe(true);
  });

  test("routes a service's requests in proportion to what its tenants can answer", async () => {
    const plan = await planOf();
    for (const { name, ratePerSecond } of plan.services) {
      const own = tenantsOf(plan).filter(({ service }) => service === name);
      const capacity = own.reduce((sum, tenant) => sum + tenant.capacityPerSecond, 0);
      for (const tenant of own)
        expect(tenant.ratePerSecond / tenant.capacityPerSecond).toBeCloseTo(ratePerSecond / capacity, 9);
    }
  });

  test("expects a response within the deadline of every service, with the times planned for", async () => {
    for (const rule of ["half-slo", "parva-0.45", "queue", "duty-own", "duty-sum"] as const) {
      const { promises } = await planOf({ rule, pieces: ["mps-share"] });
      const responses = promises.filter(({ metric }) => metric === "response_s");
      expect(responses).toHaveLength(threeDemands.length);
      for (const { predicted, target } of responses)
        expect(predicted!.high ?? predicted!.value).toBeLessThanOrEqual(target);
    }
  });

  test("expects less than it plans for where times are uncertain", async () => {
    const row = { workload: "net", partition: { kind: "mig", profile: "2g.20gb" }, batch: 4, seconds: 0.01 } as const;
    const uncertain = profileOf([{ ...row, high: 0.013 }]);
    const { promises } = await planOf({ demands: [demandFor("net", 100, 0.1)], rule: "queue" }, uncertain);
    const { predicted } = promises.find(({ metric }) => metric === "response_s")!;
    expect(predicted!.high!).toBeGreaterThan(predicted!.value);
    expect(predicted!.high!).toBeLessThanOrEqual(0.1);
  });

  test("keeps a service without requests in the plan, without a piece and without promises", async () => {
    const plan = await planOf({ demands: [demandFor("bert", 10, 0.3), demandFor("vgg16", 0, 0.1)] });
    expect(plan.services.map(({ name }) => name)).toEqual(["bert", "vgg16"]);
    expect(new Set(plan.promises.map(({ subject }) => subject))).toEqual(new Set(["bert"]));
    expect(checkFleetPlan(plan, profile)).toEqual([]);
    const idle = await planOf({ demands: [demandFor("vgg16", 0, 0.1)] });
    expect(idle.gpus).toEqual([]);
    expect(idle.optimality).toMatchObject({ status: "optimal", value: 0, bound: 0, gap: 0 });
  });

  test("lets several services of one workload have rates and deadlines of their own", async () => {
    const demands = [1, 2, 3].map((i) => demandFor("resnet50", 100 * i, 0.03 * i, { service: `s${i}` }));
    const plan = await planOf({ demands });
    expect(plan.services.map(({ name, workload }) => [name, workload])).toEqual(
      demands.map(({ service }) => [service, "resnet50"]),
    );
    expect(plan.workloads.map(({ name }) => name)).toEqual(["resnet50"]);
    expect(checkFleetPlan(plan, profile)).toEqual([]);
  });

  test("refuses a service whose name leaves no room for its tenants'", async () => {
    const demands = [demandFor("bert", 10, 0.3, { service: "x".repeat(195) })];
    await expect(planOf({ demands })).rejects.toThrow("has a name of 195 characters; use at most 190");
  });
});

describe.skipIf(!hasScenarios)(
  "published scenarios, from the profile to the plan (needs ../shared/data/parvagpu)",
  () => {
    const published = publishedProfile(3);
    const optima: readonly (readonly [PackingRuleName, readonly number[]])[] = [
      ["parva-0.45", [2, 3, 5, 7]],
      ["queue", [2, 3, 5, 7]],
    ];

    test.each(optima)("under %s take as few GPUs as is known to be possible, proved", async (rule, gpus) => {
      for (const [i, name] of ["S1", "S2", "S3", "S4"].slice(0, gpus.length).entries()) {
        const { services } = scenario(name, rule, 3);
        const demands = services.map((each) => demandFor(each.model, each.ratePerSecond, each.deadlineSeconds));
        const plan = await planOf({ demands, rule, margin: { kind: "relative", excess: 0 } }, published);
        expect(plan.optimality).toMatchObject({ value: gpus[i], bound: gpus[i], gap: 0, status: "optimal" });
        expect(checkFleetPlan(plan, published)).toEqual([]);
      }
    });
  },
);
