import type { Config } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { domainOf, isWithin } from "../../packages/surrogate/src/domain.ts";
import { cores, shares } from "./fixtures/profileOf.ts";

const config = (partition: Config["partition"], batch: number, powerMode = "default"): Config => ({
  workload: "a",
  powerMode,
  partition,
  batch,
});
const [quarter, threeQuarters] = shares(0.25, 0.75);
const measured = [config(quarter!, 2), config(threeQuarters!, 8)];
const domain = domainOf(measured, { powerModes: ["default"], partitionKinds: ["cpu-share"] }, { cores });
const inside = (one: Config) => isWithin(one, domain, { cores });

describe("isWithin", () => {
  it("holds for what was measured and what lies between", () => {
    expect(domain).toMatchObject({ fraction: [0.25, 0.75], batch: [2, 8] });
    expect([...measured, config(shares(0.4)[0]!, 5)].every(inside)).toBe(true);
  });

  it("does not hold beyond the shares, batches, power modes and kinds that were measured", () => {
    expect(inside(config(shares(0.2)[0]!, 4))).toBe(false);
    expect(inside(config({ kind: "whole" }, 4))).toBe(false);
    expect(inside(config(quarter!, 1))).toBe(false);
    expect(inside(config(quarter!, 9))).toBe(false);
    expect(inside(config(quarter!, 4, "turbo"))).toBe(false);
    expect(inside(config({ kind: "core-set", cores: [0, 1] }, 4))).toBe(false);
  });

  it("takes the whole device for a share of 1 of any kind", () => {
    const full = domainOf([config(shares(0.5)[0]!, 4), config({ kind: "cpu-share", share: 1 }, 4)], domain, { cores });
    expect(isWithin(config({ kind: "whole" }, 4), full, { cores })).toBe(true);
  });
});
