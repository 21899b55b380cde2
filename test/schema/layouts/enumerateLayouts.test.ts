import { existsSync, readFileSync } from "node:fs";
import { enumerateLayouts, type MigInstance, type MigTable, maximalLayouts, migTables } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { legalSets, nameOf } from "./bruteForce.ts";

const plain = (table: MigTable) => table.profiles.filter(({ name }) => !name.includes("+"));
const basic = (table: MigTable) =>
  plain(table)
    .filter(({ size, computeSlices }) => !(computeSlices === 1 && size === 2))
    .map(({ name }) => name);
const multisets = (layouts: readonly (readonly MigInstance[])[]) =>
  new Set(
    layouts.map((layout) =>
      layout
        .map(({ profile }) => profile)
        .sort()
        .join(" "),
    ),
  );

const eight = Object.entries(migTables).filter(([name]) => name !== "a30-24gb");

// Golden counts: enumerated once from NVIDIA's placement table with another program.
test.each(eight)("%s has 297 layouts of 37 kinds, 19 of them maximal, of 14 kinds", (_, table) => {
  const all = enumerateLayouts(table, basic(table));
  const maximal = maximalLayouts(table, basic(table));
  expect([all.length, multisets(all).size, maximal.length, multisets(maximal).size]).toEqual([297, 37, 19, 14]);
});

test.each(eight)(
  "%s has 722 layouts of 77 kinds with the 1g of double memory, 78 of them maximal, of 38 kinds",
  (_, table) => {
    const all = enumerateLayouts(table);
    const maximal = maximalLayouts(table);
    expect([all.length, multisets(all).size, maximal.length, multisets(maximal).size]).toEqual([722, 77, 78, 38]);
  },
);

test("the A30 has 25 layouts of 9 kinds, 5 of them maximal, of 4 kinds", () => {
  const table = migTables["a30-24gb"];
  const all = enumerateLayouts(table);
  const maximal = maximalLayouts(table);
  expect([all.length, multisets(all).size, maximal.length, multisets(maximal).size]).toEqual([25, 9, 5, 4]);
  expect(maximal.map(nameOf).sort()).toEqual(
    [
      "1g.6gb@0 1g.6gb@1 1g.6gb@2 1g.6gb@3",
      "1g.6gb@0 1g.6gb@1 2g.12gb@2",
      "1g.6gb@2 1g.6gb@3 2g.12gb@0",
      "2g.12gb@0 2g.12gb@2",
      "4g.24gb@0",
    ].sort(),
  );
});

test.each(Object.entries(migTables))(
  "the layouts of %s are all that exist, each once, also with media engines",
  (_, table) => {
    const names = table.profiles.map(({ name }) => name);
    const found = enumerateLayouts(table, names).map(nameOf);
    expect(new Set(found).size).toBe(found.length);
    expect(new Set(found)).toEqual(legalSets(table, names));
  },
);

test.each(Object.entries(migTables))(
  "every layout of %s is a part of a maximal one, and no maximal one of another",
  (_, table) => {
    const maximal = maximalLayouts(table).map((layout) => new Set(layout.map((each) => nameOf([each]))));
    const isPart = (part: ReadonlySet<string>, whole: ReadonlySet<string>) =>
      [...part].every((each) => whole.has(each));
    for (const layout of enumerateLayouts(table)) {
      const own = new Set(layout.map((each) => nameOf([each])));
      expect(maximal.some((whole) => isPart(own, whole))).toBe(true);
    }
    expect(maximal.every((part) => maximal.every((whole) => part === whole || !isPart(part, whole)))).toBe(true);
  },
);

test("instances stand in the order of their starts, and an unknown profile is refused with what there is", () => {
  const table = migTables["a100-80gb"];
  for (const layout of enumerateLayouts(table)) {
    const starts = layout.map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  }
  expect(() => enumerateLayouts(table, ["3g.20gb"])).toThrow('MIG profile "3g.20gb" is none of this device');
});

const golden = new URL("../../../../shared/data/mig_tables/golden_enumeration.json", import.meta.url);

describe.skipIf(!existsSync(golden))("the golden list of maximal layouts (shared/data/mig_tables)", () => {
  const lists: Record<string, { readonly maximal: readonly string[] }> = existsSync(golden)
    ? JSON.parse(readFileSync(golden, "utf8"))
    : {};
  const shortNames: Readonly<Record<string, string>> = {
    "1g.10gb": "1g",
    "1g.20gb": "1gx2mem",
    "2g.20gb": "2g",
    "3g.40gb": "3g",
    "4g.40gb": "4g",
    "7g.80gb": "7g",
    "1g.6gb": "1g",
    "2g.12gb": "2g",
    "4g.24gb": "4g",
  };
  test.each([
    ["A100-basic (1g,2g,3g,4g,7g)", migTables["a100-80gb"], basic(migTables["a100-80gb"])],
    ["A30-basic (1g,2g,4g)", migTables["a30-24gb"], undefined],
    ["8-slice with 1gx2mem", migTables["a100-80gb"], undefined],
  ] as const)("is ours: %s", (name, table, profiles) => {
    const short = (layout: readonly MigInstance[]) =>
      nameOf(layout.map((each) => ({ ...each, profile: shortNames[each.profile]! })));
    const listed = lists[name]!.maximal.map((layout) => layout.split(" ").sort().join(" "));
    expect(maximalLayouts(table, profiles).map(short).sort()).toEqual(listed.toSorted());
  });
});
