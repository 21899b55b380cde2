import { arrangeMig, enumerateLayouts, freeStarts, type MigInstance, migTables } from "@partitune/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canExist, legalSets, nameOf } from "./bruteForce.ts";

const table = migTables["h100-sxm-80gb"];
const names = table.profiles.map(({ name }) => name);

test("a 3g alone begins at slice 4, where it leaves room for a 4g", () => {
  expect(arrangeMig(table, ["3g.40gb"])).toEqual([4]);
  expect(arrangeMig(table, ["3g.40gb", "3g.40gb"])).toEqual([0, 4]);
});

test("four 1g and a 3g fit only with the 3g at 4, in whatever order they are named", () => {
  expect(arrangeMig(table, ["3g.40gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb"])).toEqual([4, 0, 1, 2, 3]);
  expect(arrangeMig(table, ["1g.10gb", "1g.10gb", "3g.40gb", "1g.10gb", "1g.10gb"])).toEqual([0, 1, 4, 2, 3]);
});

test("a single 1g goes to slice 6, where no 2g may begin", () => {
  expect(arrangeMig(table, ["1g.10gb"])).toEqual([6]);
});

test("instances that exist stay", () => {
  expect(arrangeMig(table, ["3g.40gb"], [{ profile: "1g.10gb", start: 5 }])).toEqual([0]);
  expect(arrangeMig(table, ["4g.40gb"], [{ profile: "1g.10gb", start: 2 }])).toBeNull();
});

test("nothing to arrange is arranged", () => {
  expect(arrangeMig(table, [])).toEqual([]);
});

const wanted = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 7 });

test("an arrangement is found exactly when one exists, and is legal", () => {
  const legal = legalSets(table, names);
  fc.assert(
    fc.property(wanted, (profiles) => {
      const starts = arrangeMig(table, profiles);
      expect(starts !== null).toBe(
        canExist(
          table,
          profiles.map((profile) => ({ profile })),
        ),
      );
      if (starts !== null)
        expect(legal.has(nameOf(profiles.map((profile, i) => ({ profile, start: starts[i]! }))))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("no other arrangement leaves more ways to add an instance", () => {
  const plain = names.filter((name) => !name.includes("+"));
  const layouts = enumerateLayouts(table, plain);
  const freedom = (layout: readonly MigInstance[]) =>
    names.reduce((sum, name) => sum + freeStarts(table, layout, name).length, 0);
  const kindOf = (layout: readonly { readonly profile: string }[]) =>
    layout
      .map(({ profile }) => profile)
      .sort()
      .join(" ");
  for (const [kind, alike] of Map.groupBy(layouts, kindOf)) {
    const profiles = kind.split(" ");
    const starts = arrangeMig(table, profiles)!;
    const own = profiles.map((profile, i) => ({ profile, start: starts[i]! }));
    expect(freedom(own)).toBe(Math.max(...alike.map(freedom)));
  }
});

test("free starts are those at which another instance makes a legal layout", () => {
  const legal = legalSets(table, names);
  const layouts = enumerateLayouts(table, names);
  fc.assert(
    fc.property(fc.constantFrom(...layouts), fc.constantFrom(...table.profiles), (layout, { name, starts }) => {
      const allowed = starts.filter((start) => legal.has(nameOf([...layout, { profile: name, start }])));
      expect(freeStarts(table, layout, name)).toEqual(allowed);
    }),
    { numRuns: 300 },
  );
});
