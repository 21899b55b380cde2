import {
  InputError,
  instancesFromListing,
  type MigTable,
  maximalLayouts,
  migTables,
  parseMigListing,
  tableFromListing,
} from "@partitune/schema";
import { describe, expect, test } from "vitest";

// Written in the form in which nvidia-smi prints it, with the facts of an A100 with 40 GB.
const placements = `$ sudo nvidia-smi mig -lgipp
GPU  0 Profile ID 19 Placements: {0,1,2,3,4,5,6}:1
GPU  0 Profile ID 20 Placements: {0,1,2,3,4,5,6}:1
GPU  0 Profile ID 15 Placements: {0,2,4,6}:2
GPU  0 Profile ID 14 Placements: {0,2,4}:2
GPU  0 Profile ID  9 Placements: {0,4}:4
GPU  0 Profile ID  5 Placement : {0}:4
GPU  0 Profile ID  0 Placement : {0}:8
`;

const profiles = `+-----------------------------------------------------------------------------+
| GPU instance profiles:                                                      |
| GPU   Name             ID    Instances   Memory     P2P    SM    DEC   ENC  |
|                              Free/Total   GiB              CE    JPEG  OFA  |
|=============================================================================|
|   0  MIG 1g.5gb        19     7/7        4.75       No     14     0     0   |
|                                                             1     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 1g.5gb+me     20     1/1        4.75       No     14     1     0   |
|                                                             1     1     1   |
+-----------------------------------------------------------------------------+
|   0  MIG 1g.10gb       15     4/4        9.62       No     14     1     0   |
|                                                             1     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 2g.10gb       14     3/3        9.62       No     28     1     0   |
|                                                             2     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 3g.20gb        9     2/2        19.50      No     42     2     0   |
|                                                             3     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 4g.20gb        5     1/1        19.50      No     56     2     0   |
|                                                             4     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 7g.40gb        0     1/1        39.25      No     98     5     0   |
|                                                             7     1     1   |
+-----------------------------------------------------------------------------+
`;

const instances = `+-------------------------------------------------------+
| GPU instances:                                        |
| GPU   Name             Profile  Instance   Placement  |
|                          ID       ID       Start:Size |
|=======================================================|
|   0  MIG 1g.5gb          19        9          2:1     |
+-------------------------------------------------------+
|   0  MIG 3g.20gb          9        2          4:4     |
+-------------------------------------------------------+
`;

const published = migTables["a100-40gb"];
const placesOf = (table: MigTable) =>
  Object.fromEntries(table.profiles.map(({ id, starts, size }) => [id, { starts, size }]));

describe("a pasted listing", () => {
  test("of placements and profiles is a whole table by itself", () => {
    const table = tableFromListing(parseMigListing(`${placements}\n${profiles}`));
    expect(table.memorySlices).toBe(8);
    expect(table.source).toBe("placements, names, multiprocessors and memory as listed by the card");
    const without = (each: MigTable) =>
      each.profiles.map(({ memoryBytes: _, ...rest }) => rest).toSorted((a, b) => a.id - b.id);
    expect(without(table)).toEqual(without(published));
    expect(table.profiles.find(({ name }) => name === "3g.20gb")?.memoryBytes).toBe(19.5 * 2 ** 30);
    expect(maximalLayouts(table)).toHaveLength(78);
  });

  test("says the same with Windows line ends, and profiles before placements", () => {
    const turned = `${profiles}\n${placements}`.replaceAll("\n", "\r\n");
    expect(placesOf(tableFromListing(parseMigListing(turned)))).toEqual(placesOf(published));
  });

  test("of placements alone takes the rest from the published table", () => {
    const table = tableFromListing(parseMigListing(placements), { base: published });
    expect(table.profiles).toEqual(
      ["1g.5gb", "1g.5gb+me", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"].map((name) =>
        published.profiles.find((each) => each.name === name),
      ),
    );
    expect(table.source).toContain("placements as listed by the card, the rest: NVIDIA MIG user guide");
  });

  test("of profiles alone takes the placements from the published table", () => {
    const table = tableFromListing(parseMigListing(profiles), { base: published });
    expect(placesOf(table)).toEqual(placesOf(published));
    expect(table.profiles[0]!.memoryBytes).toBe(4.75 * 2 ** 30);
  });

  test("is right where the published table is not: an older driver without the 1g of double memory", () => {
    const older = placements.replace(/^.*Profile ID 15.*\n/m, "");
    const table = tableFromListing(parseMigListing(older), { base: published });
    expect(table.profiles.map(({ name }) => name)).not.toContain("1g.10gb");
    expect(maximalLayouts(table)).toHaveLength(19);
  });

  test("is right where names differ between drivers: profiles are matched by id", () => {
    const renamed = parseMigListing(`${placements}${profiles.replace("MIG 1g.5gb     ", "MIG 1g.6gb     ")}`);
    const table = tableFromListing(renamed, { base: published });
    expect(table.profiles.find(({ id }) => id === 19)?.name).toBe("1g.6gb");
  });

  test("of instances says what exists", () => {
    expect(parseMigListing(instances).gpus).toEqual([
      {
        gpu: 0,
        profiles: [],
        instances: [
          { profile: "1g.5gb", profileId: 19, id: 9, start: 2, size: 1 },
          { profile: "3g.20gb", profileId: 9, id: 2, start: 4, size: 4 },
        ],
      },
    ]);
  });

  test("of a card of four slices with further extensions is read by the same rules", () => {
    const text = `GPU  0 Profile ID 14 Placements: {0,1,2,3}:1
GPU  0 Profile ID 21 Placements: {0,1,2,3}:1
GPU  0 Profile ID 65 Placements: {0,1,2,3}:1
GPU  0 Profile ID  0 Placement : {0}:4
|   0  MIG 1g.24gb          14     4/4        23.12      No     46     1     1   |
|   0  MIG 1g.24gb+me       21     1/1        23.12      No     46     1     1   |
|   0  MIG 1g.24gb+me.all   65     1/1        23.12      No     46     4     4   |
|   0  MIG 4g.96gb           0     1/1        95.00      No    188     4     4   |`;
    const table = tableFromListing(parseMigListing(text));
    expect(table.memorySlices).toBe(4);
    expect(table.profiles.map(({ name, most }) => [name, most])).toEqual([
      ["1g.24gb", 4],
      ["1g.24gb+me", 1],
      ["1g.24gb+me.all", 1],
      ["4g.96gb", 1],
    ]);
  });

  test("of equal cards is one table; of cards that differ, one has to be chosen", () => {
    const second = placements.replaceAll("GPU  0", "GPU  1");
    expect(tableFromListing(parseMigListing(placements + second), { base: published }).profiles).toHaveLength(7);
    const other = `${placements}GPU  1 Profile ID 14 Placements: {0,1,2,3}:1\nGPU  1 Profile ID  0 Placement : {0}:4\n`;
    expect(() => tableFromListing(parseMigListing(other), { base: published })).toThrow(
      "GPU 0 and GPU 1 are listed with different profiles, placements or instances; choose one of them",
    );
    expect(tableFromListing(parseMigListing(other), { base: migTables["a30-24gb"], gpu: 1 }).memorySlices).toBe(4);
    expect(() => tableFromListing(parseMigListing(other), { gpu: 3 })).toThrow(
      "GPU 3 is not listed; choose one of 0, 1",
    );
  });
});

describe("a listing that cannot be right is refused", () => {
  test.each([
    ["nothing", "", "holds no profile and no placement; paste what nvidia-smi mig -lgipp prints"],
    ["something else", "Sat Nov 21 2026\n| NVIDIA-SMI 570.1 |", "holds no profile and no placement"],
    ["MIG that is off", "No MIG-enabled devices found.", "enable MIG first: nvidia-smi -i 0 -mig 1"],
    ["a user without rights", "Unable to list placements: Insufficient Permissions", "list again as root"],
    ["a cut line", "GPU  0 Profile ID 19 Placements: {0,1,2", "line 1 of the MIG listing"],
    ["starts that are no numbers", "GPU  0 Profile ID 19 Placements: {a,b}:1", "cannot be read"],
    ["a row without numbers", "|   0  MIG 1g.5gb   nineteen  |", "cannot be read"],
    ["no place at all", "GPU  0 Profile ID 19 Placements: {}:1", "names no place for an instance"],
    ["a size of nothing", "GPU  0 Profile ID 19 Placements: {0}:0", "names no place for an instance"],
    [
      "two placements of one profile",
      `${placements}GPU  0 Profile ID  9 Placements: {0,2}:4`,
      "contradicts an earlier line on profile 9 of the same GPU",
    ],
    [
      "more instances than starts",
      "GPU  0 Profile ID  9 Placement : {0}:4\n|   0  MIG 3g.20gb  9  2/2  19.50  No  42  2  0   |",
      "contradicts another: at most 2 instances, and 1 ways to place one",
    ],
  ])("%s", (_, text, message) => {
    expect(() => parseMigListing(text)).toThrow(InputError);
    expect(() => parseMigListing(text)).toThrow(message);
  });

  test.each([
    ["names are nowhere", placements, {}, "MIG profile 19 has no name; paste what nvidia-smi mig -lgip prints, too"],
    ["placements are nowhere", profiles, {}, "MIG profile 19 has no placements"],
    ["it is of another card", placements, { base: migTables["a30-24gb"] }, "MIG profile 19 has no name"],
    [
      "its slices are not the table's",
      "GPU 0 Profile ID 0 Placement : {0}:8",
      { base: migTables["a30-24gb"] },
      "GPU 0 has 8 memory slices by the listing and 4 by the table; choose the card that was listed",
    ],
    ["only instances are listed", instances, {}, "GPU 0 is listed without profiles"],
    [
      "a name is none",
      "GPU 0 Profile ID 0 Placement : {0}:8\n|   0  MIG $(reboot)  0  1/1  39.25  No  98  5  0   |",
      {},
      'MIG profile 0 has a name that no profile can have, "$(reboot)"',
    ],
    [
      "one name stands for two profiles",
      "GPU 0 Profile ID 0 Placement : {0}:8\nGPU 0 Profile ID 1 Placement : {0}:8\n|   0  MIG 7g.40gb  0  1/1  39.25  No  98  5  0   |\n|   0  MIG 7g.40gb  1  1/1  39.25  No  98  5  0   |",
      {},
      'MIG profile name "7g.40gb" stands for ids 0 and 1',
    ],
  ])("when %s", (_, text, options, message) => {
    expect(() => tableFromListing(parseMigListing(text), options)).toThrow(message);
  });
});

describe("the instances of a listing", () => {
  test("are named by the table, in the order of their starts", () => {
    const listing = parseMigListing(instances);
    expect(tableFromListing(listing, { base: published })).toBe(published);
    expect(instancesFromListing(listing, published)).toEqual([
      { profile: "1g.5gb", start: 2 },
      { profile: "3g.20gb", start: 4 },
    ]);
    expect(instancesFromListing(parseMigListing(placements), published)).toEqual([]);
  });

  const row = (gpu: number, name: string, profile: number, place: string) =>
    `|   ${gpu}  MIG ${name}          ${profile}        9          ${place}     |`;

  test("of cards that differ need a choice", () => {
    const text = [row(0, "1g.5gb", 19, "2:1"), row(1, "1g.5gb", 19, "3:1")].join("\n");
    expect(() => instancesFromListing(parseMigListing(text), published)).toThrow(
      "GPU 0 and GPU 1 are listed with different",
    );
    expect(instancesFromListing(parseMigListing(text), published, { gpu: 1 })).toEqual([
      { profile: "1g.5gb", start: 3 },
    ]);
  });

  test.each([
    [
      "overlap",
      [row(0, "3g.20gb", 9, "4:4"), row(0, "1g.5gb", 19, "6:1")],
      "instance 1g.5gb@6 of the MIG listing shares a memory slice with 3g.20gb@4",
    ],
    ["are of an unknown profile", [row(0, "9g.90gb", 77, "0:1")], "is of profile 77, which the table has not"],
    [
      "begin where none may",
      [row(0, "3g.20gb", 9, "2:4")],
      "covers 4 memory slices from 2 on, which the table does not allow",
    ],
    ["are of another size", [row(0, "3g.20gb", 9, "4:3")], "covers 3 memory slices from 4 on"],
  ])("are refused when they %s", (_, rows, message) => {
    expect(() => instancesFromListing(parseMigListing(rows.join("\n")), published)).toThrow(message);
  });
});
