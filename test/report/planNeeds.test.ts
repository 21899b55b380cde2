import { describe, expect, it } from "vitest";
import { pickedPoint } from "../../packages/report/src/pickedPoint.ts";
import { placementLoads } from "../../packages/report/src/placementLoad.ts";
import { planNeeds } from "../../packages/report/src/planNeeds.ts";
import { syntheticInput } from "./syntheticInput.ts";

const { profile, plan, fronts } = syntheticInput();

describe("planNeeds", () => {
  it("adds up rate over throughput of the default configuration", () => {
    const needs = planNeeds(plan!, profile!)!;
    // by the fixture's law, at batch 1 on the whole device: 40 · 8 ms + 12 · 18 ms + 3 · 47 ms
    expect(needs.byDefault).toBeCloseTo(40 * 0.008 + 12 * 0.018 + 3 * 0.047, 1);
    expect(needs.byDefaultRange[0]).toBeLessThanOrEqual(needs.byDefault);
    expect(needs.byDefaultRange[1]).toBeGreaterThanOrEqual(needs.byDefault);
    expect(needs.planned).toBeCloseTo(0.875);
    expect(needs.rounds).toBe(2);
  });

  it("says nothing when a demanded workload has no default measurement", () => {
    expect(planNeeds(plan!, { ...profile!, measurements: [] })).toBeNull();
  });
});

describe("placementLoads", () => {
  it("divides the demanded rate by the capacity of the best batch", () => {
    const [first] = placementLoads(plan!);
    const full = plan!.service[0]!.batches.at(-1)!;
    expect(first!.capacityPerSecond).toBeCloseTo(full.batch / full.occupancySeconds);
    expect(first!.utilisation).toBeCloseTo(40 / (full.batch / full.occupancySeconds));
  });

  it("shares a demand among the placements of its workload", () => {
    const [first, ...others] = plan!.placements;
    const twin = { ...first!, id: "twin" };
    const service = [...plan!.service, { ...plan!.service[0]!, placement: "twin" }];
    const loads = placementLoads({ ...plan!, placements: [first!, twin, ...others], service });
    expect(loads[0]!.utilisation).toBeCloseTo(placementLoads(plan!)[0]!.utilisation! / 2);
  });

  it("knows no capacity without a service table", () => {
    expect(placementLoads({ ...plan!, service: [] })[0]).toMatchObject({ capacityPerSecond: null, utilisation: null });
  });
});

describe("pickedPoint", () => {
  it("finds the plan on a front whatever the order of its configurations", () => {
    const reversed = { ...plan!, placements: plan!.placements.toReversed() };
    expect(pickedPoint(fronts![0]!, reversed)).toBe(pickedPoint(fronts![0]!, plan!));
    expect(pickedPoint(fronts![0]!, plan!)).toContain("cpu-share:0.375 batch 2");
  });

  it("finds nothing on a front that does not hold the plan", () => {
    expect(pickedPoint({ ...fronts![0]!, points: [] }, plan!)).toBeNull();
  });
});
