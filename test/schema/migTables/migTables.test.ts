import { existsSync, readFileSync } from "node:fs";
import { type MigTable, type MigTableName, migTable, migTables } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const all: readonly (readonly [string, MigTable])[] = Object.entries(migTables);

test.each(all)("%s is a table by the schema, and says where it comes from", (_, table) => {
  expect(migTable.parse(table)).toEqual(table);
  expect(table.source).not.toBe("");
});

test.each(all)(
  "the profiles of %s have names and ids of their own, and places within the card that hold as many as there may be",
  (_, table) => {
    const { profiles, memorySlices } = table;
    expect(new Set(profiles.map(({ name }) => name)).size).toBe(profiles.length);
    expect(new Set(profiles.map(({ id }) => id)).size).toBe(profiles.length);
    for (const { starts, size, most, name, computeSlices } of profiles) {
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      expect(starts.every((start) => start + size <= memorySlices)).toBe(true);
      expect(most).toBeLessThanOrEqual(starts.length);
      expect(name.startsWith(`${computeSlices}g.`)).toBe(true);
    }
  },
);

test.each(all)(
  "on %s a profile with more compute slices has no fewer multiprocessors, where they are known",
  (_, { profiles }) => {
    const known = profiles.filter(({ multiprocessors }) => multiprocessors !== null);
    for (const a of known)
      for (const b of known)
        if (a.computeSlices < b.computeSlices) expect(a.multiprocessors!).toBeLessThanOrEqual(b.multiprocessors!);
  },
);

const table = migTables["a30-24gb"];
const [first, ...rest] = table.profiles;

test.each([
  [
    "a profile past the last slice",
    { profiles: [{ ...first!, starts: [0, 4] }, ...rest] },
    "end within the memory slices",
  ],
  ["falling starts", { profiles: [{ ...first!, starts: [2, 0] }] }, "starts in rising order"],
  ["more instances than starts", { profiles: [{ ...first!, starts: [0], most: 2 }] }, "at least as many as instances"],
  ["one name for two", { profiles: [first!, { ...first!, id: 99 }] }, "names and ids of their own"],
  ["one id for two", { profiles: [first!, { ...first!, name: "1g.7gb" }] }, "names and ids of their own"],
  ["a name that would end a command", { profiles: [{ ...first!, name: "1g.6gb; reboot" }] }, "a MIG profile name"],
  ["more slices than any card", { memorySlices: 65 }, "memorySlices"],
  ["no profile", { profiles: [] }, "profiles"],
])("a table with %s is refused", (_, change, message) => {
  const parsed = migTable.safeParse({ ...table, ...change });
  expect(parsed.success).toBe(false);
  expect(parsed.error?.message).toContain(message);
});

const file = new URL("../../../../shared/data/mig_tables/mig_profiles.json", import.meta.url);

describe.skipIf(!existsSync(file))("the compiled facts (shared/data/mig_tables)", () => {
  interface Row {
    readonly profile: string;
    readonly profile_id: number;
    readonly compute_slices: number;
    readonly placement_size: number;
    readonly placement_starts: readonly number[];
    readonly max_count: number;
    readonly sm: number | null;
    readonly memory_mib: number | null;
  }
  const cards: readonly { readonly gpu: string; readonly profiles: readonly Row[] }[] = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : [];
  test.each([
    ["A30-24GB", "a30-24gb"],
    ["A100-40GB", "a100-40gb"],
    ["A100-80GB", "a100-80gb"],
    ["H100-80GB-SXM", "h100-sxm-80gb"],
    ["H100-80GB-PCIe", "h100-pcie-80gb"],
    ["H200-141GB", "h200-141gb"],
    ["B200-180GB", "b200-180gb"],
  ] satisfies readonly (readonly [string, MigTableName])[])("of %s are those of our table", (gpu, name) => {
    const facts = cards
      .find((card) => card.gpu === gpu)!
      .profiles.map((row) => ({
        name: row.profile,
        id: row.profile_id,
        computeSlices: row.compute_slices,
        size: row.placement_size,
        starts: row.placement_starts,
        most: row.max_count,
        multiprocessors: row.sm,
        memoryBytes: row.memory_mib === null ? null : row.memory_mib * 2 ** 20,
      }));
    const byId = (profiles: readonly { readonly id: number }[]) => profiles.toSorted((a, b) => a.id - b.id);
    expect(byId(migTables[name].profiles)).toEqual(byId(facts));
  });
});
