import { existsSync, readFileSync } from "node:fs";
import { checkLayout, migTables, type Partition, unplaced } from "@partitune/schema";
import { describe, expect, test } from "vitest";

// The plans published with ParvaGPU (SC'24, MIT licence), for A100 cards with 80 GB, where they are present.
const folder = new URL("../../../../shared/data/parvagpu/deployment/", import.meta.url);
const a100 = { name: "A100", cores: 108, partitionSchemes: [migTables["a100-80gb"]] };
const profiles: Readonly<Record<string, string>> = {
  1: "1g.10gb",
  2: "2g.20gb",
  3: "3g.40gb",
  4: "4g.40gb",
  7: "7g.80gb",
};

/** Layout of each card: segments by node and card, at the published starts. */
function publishedLayouts(scenario: number): readonly (readonly Partition[])[] {
  const text = readFileSync(new URL(`SLO${scenario}_ParvaGPU_deploy.csv`, folder), "utf8");
  const rows = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(",").map((cell) => cell.trim()))
    .filter((cells) => /^\d+$/.test(cells[3] ?? ""));
  const byCard = Map.groupBy(rows, ([node, card]) => `${node} ${card}`);
  return [...byCard.values()].map((segments) =>
    segments.map(([, , , start, slices]) => ({ kind: "mig", profile: profiles[slices!]!, start: Number(start) })),
  );
}

describe.skipIf(!existsSync(folder))("published plans (shared/data/parvagpu)", () => {
  test.each([
    [1, 0, 2],
    [2, 1, 3],
    [3, 4, 5],
    [4, 5, 7],
  ])(
    "of scenario %i: %i of %i cards are cut as no card can be, and each could be with the same instances",
    (scenario, illegal, cards) => {
      const layouts = publishedLayouts(scenario);
      const refused = layouts.filter((layout) => !checkLayout(a100, layout).fits);
      expect([refused.length, layouts.length]).toEqual([illegal, cards]);
      for (const layout of layouts) expect(checkLayout(a100, layout.map(unplaced)).fits).toBe(true);
    },
  );
});
