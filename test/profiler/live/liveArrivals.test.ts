import type { Arrivals } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { liveArrivals } from "../../../packages/profiler/src/live/liveArrivals.ts";
import { examplePlacement, examplePlan } from "../../emitter/fixtures/examplePlan.ts";

const demand = { workload: "tiny", ratePerSecond: 20, deadlineSeconds: 0.1, percentile: 0.99 };
const share = { kind: "cpu-share", share: 0.2 } as const;
const steady: Arrivals = { kind: "periodic", ratePerSecond: 5, jitter: 0, offsetSeconds: 0 };
const placements = [examplePlacement("a", "tiny", share), examplePlacement("b", "tiny", share)];

describe("liveArrivals", () => {
  it("takes the plan's demand as a Poisson stream where nothing else is given", () => {
    expect(liveArrivals(examplePlan({ demands: [demand] }), {})).toEqual([{ kind: "poisson", ratePerSecond: 20 }]);
  });

  it("prefers arrivals of the placement to those of the workload, and these to the demand", () => {
    const plan = examplePlan({ demands: [demand], placements: [examplePlacement("a", "tiny", share)] });
    const other: Arrivals = { ...steady, ratePerSecond: 7 };
    expect(liveArrivals(plan, { tiny: steady })).toEqual([steady]);
    expect(liveArrivals(plan, { tiny: steady, a: other })).toEqual([other]);
  });

  it.each<[string, Parameters<typeof liveArrivals>, RegExp]>([
    ["a name that is not in the plan", [examplePlan(), { other: steady }], /arrivals "other" name neither/],
    ["no arrivals and no demand", [examplePlan(), {}], /has neither arrivals nor a demand/],
    ["one demand over two placements", [examplePlan({ demands: [demand], placements }), {}], /must be divided/],
    ["a rate of nothing", [examplePlan(), { tiny: { ...steady, ratePerSecond: 0 } }], /cannot be read/],
    [
      "a recording that goes back",
      [examplePlan(), { tiny: { kind: "recorded", times: [2, 1], repeat: false } }],
      /go back in time/,
    ],
    [
      "a repeated instant",
      [examplePlan(), { tiny: { kind: "recorded", times: [2], repeat: true } }],
      /recording of no length/,
    ],
  ])("refuses %s", (_, args, message) => {
    expect(() => liveArrivals(...args)).toThrow(message);
  });
});
