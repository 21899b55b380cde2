import type { FleetPlan } from "@partitune/schema";
import { type FleetProblem, fewestGpus, packVerified } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkFleetPlan } from "./checkFleetPlan.ts";
import { smallFleetProfile } from "./fleetProfile.ts";
import { made, statedFleet } from "./statedFleet.ts";

const fleet = statedFleet();
const pack = ([only]: readonly FleetProblem[]) => fewestGpus(only!);

function capacity({ gpus }: FleetPlan, service: string): number {
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  return tenants.filter((each) => each.service === service).reduce((sum, each) => sum + each.capacityPerSecond, 0);
}

describe("packVerified", () => {
  test("returns the first plan when the judge accepts it", async () => {
    const verified = await packVerified([fleet], pack, { made, accept: () => true });
    expect(verified).toMatchObject({ status: "packed", accepted: true, reason: null, raised: [] });
  });

  test("gives a rejected service more until the judge is content, and says what", async () => {
    const wanted = 3000;
    const verified = await packVerified([fleet], pack, {
      made,
      accept: (plan) => capacity(plan, "resnet50") >= wanted || { reject: ["resnet50"], reason: "too slow" },
    });
    if (verified.status !== "packed") throw new Error(verified.status);
    expect(verified.accepted).toBe(true);
    expect(capacity(verified.plan, "resnet50")).toBeGreaterThanOrEqual(wanted);
    expect(checkFleetPlan(verified.plan, smallFleetProfile())).toEqual([]);
    expect(verified.raised.length).toBeGreaterThan(0);
    for (const { service, from, to, reason } of verified.raised) {
      expect([service, reason]).toEqual(["resnet50", "too slow"]);
      expect(to).toBeCloseTo(1.25 * from, 9);
    }
  });

  test("keeps the bound of the original problem", async () => {
    const first = await pack([fleet]);
    const verified = await packVerified([fleet], pack, {
      made,
      accept: (plan) => capacity(plan, "photos") >= 1500 || { reject: ["photos"], reason: "too slow" },
    });
    if (verified.status !== "packed" || first.status !== "packed") throw new Error("not packed");
    const { value, bound, gap, status } = verified.plan.optimality;
    expect(bound).toBe(first.optimality.bound);
    expect(value).toBeGreaterThan(bound!);
    expect(gap).toBeCloseTo((value - bound!) / value, 12);
    expect(status).toBe("feasible");
  });

  test("gives up after five rounds, and hands back the last plan as not accepted", async () => {
    let judged = 0;
    const accept = () => {
      judged += 1;
      return { reject: ["bert"], reason: "never good enough" };
    };
    const verified = await packVerified([fleet], pack, { made, accept });
    expect(judged).toBe(6);
    expect(verified).toMatchObject({ accepted: false, reason: "never good enough" });
    expect(verified.status === "packed" && verified.raised).toHaveLength(5);
  });

  test("gives up at once when the judge names nobody of the plan", async () => {
    let judged = 0;
    const accept = () => {
      judged += 1;
      return { reject: ["someone else"], reason: "no" };
    };
    expect(await packVerified([fleet], pack, { made, accept })).toMatchObject({ accepted: false, raised: [] });
    expect(judged).toBe(1);
  });

  test("passes on that nobody can be served", async () => {
    const answer = { status: "infeasible", reason: "no" } as const;
    expect(await packVerified([fleet], async () => answer, { made, accept: () => true })).toBe(answer);
  });
});
