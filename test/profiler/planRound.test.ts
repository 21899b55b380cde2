import { type Space, syntheticDevice } from "@partitune/profiler";
import { formatConfig } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planRound, type RoundContext, type Step } from "../../packages/profiler/src/planRound.ts";
import { expandSpace } from "../../packages/profiler/src/space.ts";
import { share, smallSpace, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

function contextOf(space: Space, seed: string, done: ReadonlySet<string> = new Set()): RoundContext {
  const workloads = new Map(space.workloads.map((workload) => [workload.name, { workload, identity: "" }]));
  return { device: syntheticDevice, space, workloads, seed, isDone: (id) => done.has(id) };
}

function steps(space: Space, seed = "1", round = 0, done: ReadonlySet<string> = new Set()): readonly Step[] {
  return planRound(round, contextOf(space, seed, done)).flat();
}

function names(planned: readonly Step[]): readonly string[] {
  return planned.map(({ point, role }) => `${role.kind} ${formatConfig(point.config)}`);
}

const space = smallSpace({ partitions: [share(0.25), share(0.5), share(1)] });

/** Shares of the device in the order of the stages in which they are measured. */
const order = ["1", "0.5", "0.25"];

describe("a round", () => {
  test("measures every configuration once, and opens and closes with the baseline of every workload", () => {
    const planned = steps(space);
    const roles = planned.map((step) => step.role.kind);
    expect(roles.slice(0, 2)).toEqual(["opening", "opening"]);
    expect(roles.slice(-2)).toEqual(["closing", "closing"]);
    const points = planned.slice(2, -2);
    expect(new Set(roles.slice(2, -2))).toEqual(new Set(["point"]));
    const expected = expandSpace(space, syntheticDevice).map(({ config }) => `point ${formatConfig(config)}`);
    expect([...names(points)].sort()).toEqual([...expected].sort());
    expect(new Set(planned.map((step) => step.id)).size).toBe(planned.length);
  });

  test("takes the whole device, the default mode and the smallest batch for the baseline", () => {
    expect([...names(steps(space).slice(0, 2))].sort()).toEqual([
      "opening a default whole batch 1",
      "opening b default whole batch 1",
    ]);
  });

  test("keeps what shares a worker together", () => {
    for (const block of planRound(0, contextOf(space, "1"))) {
      expect(new Set(block.map(({ point }) => formatConfig({ ...point.config, batch: 1 }))).size).toBe(1);
    }
  });

  test("has an order of its own, fixed by the seed", () => {
    expect(names(steps(space, "1", 0))).toEqual(names(steps(space, "1", 0)));
    expect(names(steps(space, "1", 1))).not.toEqual(names(steps(space, "1", 0)));
    expect(names(steps(space, "2", 0))).not.toEqual(names(steps(space, "1", 0)));
  });

  test("measures the stages of a space one after the other, and nothing twice that stands in two", () => {
    const staged: Space = {
      ...space,
      partitions: [share(1)],
      further: [
        { partitions: [share(0.25)], powerModes: ["default"], companies: [[]], stage: 2 },
        { partitions: [share(0.5), share(1)], powerModes: ["default"], companies: [[]], stage: 1 },
      ],
    };
    for (const seed of ["1", "2", "3"]) {
      const points = steps(staged, seed).filter(({ role }) => role.kind === "point");
      const shares = points.map(({ point }) => formatConfig(point.config).match(/share:(\S+)/)![1]);
      expect(shares).toEqual(shares.toSorted((a, b) => order.indexOf(a!) - order.indexOf(b!)));
      expect(new Set(shares)).toEqual(new Set(order));
      expect(points.length).toBe(expandSpace(staged, syntheticDevice).length);
    }
  });

  test("keeps power modes together", () => {
    const device = { ...syntheticDevice, powerModes: [{ name: "default" }, { name: "slow" }] };
    const modes = { ...contextOf({ ...space, powerModes: ["default", "slow"] }, "1"), device };
    const order = planRound(0, modes)
      .flat()
      .filter(({ role }) => role.kind === "point")
      .map((step) => step.point.config.powerMode);
    expect(order.filter((mode, i) => mode !== order[i - 1]).length).toBe(2);
  });
});

describe("what is done already", () => {
  test("is left out without changing the order of the rest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), (count) => {
        const all = steps(space);
        const done = new Set(all.slice(0, count).map((step) => step.id));
        expect(steps(space, "1", 0, done).map((step) => step.id)).toEqual(all.slice(count).map((step) => step.id));
      }),
    );
  });

  test("leaves nothing when it is everything", () => {
    const done = new Set(steps(space).map((step) => step.id));
    expect(steps(space, "1", 0, done)).toEqual([]);
    expect(steps(smallSpace({ partitions: [share(0.5)] }), "1", 0, done)).toEqual([]);
  });

  test("is found again in a wider space, whose new part gets baselines of its own", () => {
    const narrow = smallSpace({ partitions: [share(0.5)] });
    const done = new Set(steps(narrow).map((step) => step.id));
    const wider = steps(space, "1", 0, done);
    const points = wider.filter((step) => step.role.kind === "point");
    expect(points.length).toBe(2 * 2 * 2);
    expect(points.some(({ point }) => formatConfig(point.config).includes("0.5"))).toBe(false);
    expect(wider.filter((step) => step.role.kind !== "point").map(({ role }) => role)).toEqual([
      { kind: "opening", pass: 1 },
      { kind: "opening", pass: 1 },
      { kind: "closing", pass: 1 },
      { kind: "closing", pass: 1 },
    ]);
  });

  test("of one workload does not hide that another is new: only that one gets baselines", () => {
    const done = new Set(steps(space).map((step) => step.id));
    const wider = { ...space, workloads: [...space.workloads, syntheticWorkload("c")] };
    const baselines = steps(wider, "1", 0, done).filter((step) => step.role.kind !== "point");
    expect(names(baselines)).toEqual(["opening c default whole batch 1", "closing c default whole batch 1"]);
  });

  test("may be everything but a closing baseline, which is then made up for", () => {
    const all = steps(space);
    const done = new Set(all.slice(0, -1).map((step) => step.id));
    expect(steps(space, "1", 0, done)).toEqual(all.slice(-1));
  });
});

test("an identity does not depend on the batches that a workload lists, but on its formula", () => {
  const wider = { ...space, workloads: space.workloads.map((each) => ({ ...each, batches: [1, 2, 4] })) };
  const ids = new Set(steps(wider).map((step) => step.id));
  expect(steps(space).every((step) => ids.has(step.id))).toBe(true);
  const other = { ...space, workloads: space.workloads.map(({ name }) => syntheticWorkload(name, { noise: 0.03 })) };
  expect(steps(other).some((step) => ids.has(step.id))).toBe(false);
});
