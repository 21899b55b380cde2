import {
  buildSpace,
  cardWorkloads,
  checkSpace,
  expandSpace,
  idleWorkload,
  type NeighbourChoices,
  neighbourGrids,
  settingKey,
  syntheticA100,
} from "@partitune/profiler";
import { parsePartition } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const partitions = ["mps-share:0.3", "mps-share:0.5", "mps-share:0.7"].map(parsePartition);

function choices(given: Partial<NeighbourChoices> = {}): NeighbourChoices {
  const workloads = cardWorkloads.slice(0, 2).map((workload) => ({ ...workload, batches: [1, 8] }));
  return { workloads, partitions, powerModes: ["default"], sizes: [2], most: 1000, seed: "s", ...given };
}

/** The settings of a plan, as a campaign would measure them. */
function settingsOf(given: Partial<NeighbourChoices> = {}) {
  const chosen = choices(given);
  const { grids } = neighbourGrids(chosen, syntheticA100);
  const [first, ...further] = grids;
  return expandSpace({ ...first!, workloads: chosen.workloads, further }, syntheticA100);
}

const [a, b] = cardWorkloads.map(({ name }) => name) as [string, string];

describe("neighbourGrids", () => {
  test("measures each of a pair beside the other, on pieces that fill the device, batches by their rank", () => {
    const keys = settingsOf().map(({ config, neighbours }) => settingKey(config, neighbours));
    expect(keys).toContain(`${a} default mps-share:0.3 batch 1 beside ${b} default mps-share:0.7 batch 1`);
    expect(keys).toContain(`${b} default mps-share:0.7 batch 8 beside ${a} default mps-share:0.3 batch 8`);
    expect(keys).toContain(`${a} default mps-share:0.5 batch 8 beside ${a} default mps-share:0.5 batch 8`);
    // Of (0.3, 0.7), (0.7, 0.3) and (0.5, 0.5): 3 places × 2 subjects × 2 neighbours × 2 ranks of batches.
    expect(new Set(keys).size).toBe(24);
    expect(keys).toHaveLength(24);
  });

  test("is a space that the device admits, in which all that is measured beside others can be measured alone", () => {
    const chosen = choices({ sizes: [2, 3] });
    const { grids } = neighbourGrids(chosen, syntheticA100);
    const space = { ...buildSpace(syntheticA100, chosen), further: grids };
    expect(() => checkSpace(space, syntheticA100)).not.toThrow();
    const settings = expandSpace(space, syntheticA100);
    const alone = new Set(
      settings.filter(({ neighbours }) => neighbours.length === 0).map(({ config }) => settingKey(config, [])),
    );
    for (const { config } of settings) expect(alone).toContain(settingKey(config, []));
  });

  test("measures triples after pairs, in stages of their own", () => {
    const { grids, coverage, isComplete } = neighbourGrids(choices({ sizes: [3, 2] }), syntheticA100);
    expect(new Set(grids.map(({ stage, companies }) => `${stage} ${companies[0]!.length}`))).toEqual(
      new Set(["1 1", "2 2"]),
    );
    expect(coverage).toEqual([
      { size: 2, all: 3, measured: 3 },
      { size: 3, all: 4, measured: 4 },
    ]);
    expect(isComplete).toBe(true);
  });

  test("spreads what it may measure over all combinations, pairs first", () => {
    const workloads = cardWorkloads.slice(0, 5).map((workload) => ({ ...workload, batches: [8] }));
    const { grids, coverage, isComplete } = neighbourGrids(
      choices({ workloads, sizes: [2, 3], most: 20 }),
      syntheticA100,
    );
    expect(grids).toHaveLength(20);
    expect(coverage).toEqual([
      { size: 2, all: 15, measured: 15 },
      { size: 3, all: 35, measured: 5 },
    ]);
    expect(isComplete).toBe(false);
    const pairs = grids
      .filter(({ companies }) => companies[0]!.length === 1)
      .map(({ subjects, companies }) => [subjects![0], companies[0]![0]!.workload].sort().join("+"));
    expect(new Set(pairs).size).toBe(15);
  });

  test("chooses by its seed alone", () => {
    const chosen = (seed: string) => neighbourGrids(choices({ most: 5, seed }), syntheticA100).grids;
    expect(chosen("x")).toEqual(chosen("x"));
    expect(chosen("x")).not.toEqual(chosen("y"));
  });

  test("keeps power modes apart, asks for the loads that are asked for, and leaves the idle device out", () => {
    const load = { kind: "closed", inFlight: 4 } as const;
    const { grids } = neighbourGrids(
      choices({ workloads: [...choices().workloads, idleWorkload], powerModes: ["default", "gpu900"], loads: [load] }),
      syntheticA100,
    );
    expect(grids).toHaveLength(48);
    for (const { powerModes, companies, loads, subjects } of grids) {
      expect(companies[0]!.every(({ powerMode }) => powerMode === powerModes[0])).toBe(true);
      expect(loads).toEqual([load]);
      expect([a, b]).toContain(subjects![0]);
    }
  });

  test("says what is missing where nothing fits beside each other", () => {
    const tooLarge = { partitions: [parsePartition("mps-share:0.6")] };
    expect(() => neighbourGrids(choices(tooLarge), syntheticA100)).toThrow(
      'the partitions "mps-share:0.6" leave no room for 2 workloads beside each other; add smaller ones',
    );
  });
});
