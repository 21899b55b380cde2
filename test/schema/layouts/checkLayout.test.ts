import {
  checkLayout,
  formatPartition,
  gpuSchemes,
  type LayoutDevice,
  listPartitions,
  migTables,
  type Partition,
  parsePartition,
} from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canExist, legalSets, nameOf } from "./bruteForce.ts";

const a100: LayoutDevice = {
  name: "A100",
  cores: 108,
  partitionSchemes: gpuSchemes({ multiprocessors: 108, computeCapability: 8, mig: migTables["a100-80gb"] }),
};
const h100: LayoutDevice = {
  name: "H100",
  cores: 132,
  partitionSchemes: gpuSchemes({ multiprocessors: 132, computeCapability: 9, mig: migTables["h100-sxm-80gb"] }),
};
const v100: LayoutDevice = {
  name: "V100",
  cores: 80,
  partitionSchemes: gpuSchemes({ multiprocessors: 80, computeCapability: 7 }),
};
const processor: LayoutDevice = {
  name: "laptop",
  cores: 4,
  partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.05, total: 0.9 }, { kind: "core-set" }],
};

function check(device: LayoutDevice, layout: string) {
  return checkLayout(device, layout.split(" ").map(parsePartition));
}

function conflictsOf(device: LayoutDevice, layout: string) {
  const result = check(device, layout);
  return result.fits ? [] : result.conflicts;
}

describe("what does not fit says why", () => {
  test.each([
    [
      "two instances over one slice",
      a100,
      "mig:3g.40gb@4 mig:1g.10gb@6",
      "overlap",
      [0, 1],
      [6],
      "3g.40gb@4 (memory slices 4 to 7) and 1g.10gb@6 (memory slice 6) both claim memory slice 6",
    ],
    [
      "another published plan with an illegal start",
      a100,
      "mig:2g.20gb@0 mig:1g.10gb@1",
      "overlap",
      [0, 1],
      [1],
      "2g.20gb@0 (memory slices 0, 1) and 1g.10gb@1 (memory slice 1) both claim memory slice 1",
    ],
    [
      "a start between two",
      a100,
      "mig:3g.40gb@2",
      "start-not-allowed",
      [0],
      [2],
      "3g.40gb may not begin at memory slice 2: it covers 4 slices and begins at 0 or 4",
    ],
    [
      "a start past the last slice",
      a100,
      "mig:1g.10gb@7",
      "start-not-allowed",
      [0],
      [7],
      "1g.10gb may not begin at memory slice 7: it covers 1 slice and begins at 0, 1, 2, 3, 4, 5 or 6",
    ],
    [
      "the profile of a smaller card",
      a100,
      "mig:3g.20gb",
      "unknown-profile",
      [0],
      [],
      'MIG profile "3g.20gb" is none of this card; did you mean "1g.20gb"? It has 1g.10gb+me, 1g.10gb, 1g.20gb, 2g.20gb, 3g.40gb, 4g.40gb, 7g.80gb',
    ],
    [
      "more of a profile than there may be",
      a100,
      "mig:4g.40gb mig:4g.40gb",
      "too-many",
      [0, 1],
      [],
      "2 × 4g.40gb, and a card has at most 1",
    ],
    [
      "nothing left",
      a100,
      "mig:3g.40gb mig:3g.40gb mig:1g.10gb",
      "no-room",
      [2],
      [0, 1, 2, 3, 4, 5, 6],
      "no room for 1g.10gb: 3g.40gb@0 + 3g.40gb@4 already take all 8 memory slices; leave it out",
    ],
    [
      "slices left, but not where it may begin",
      a100,
      "mig:4g.40gb mig:2g.20gb mig:2g.20gb",
      "no-room",
      [2],
      [0, 1, 2, 3, 4, 5],
      "no room for 2g.20gb: beside 4g.40gb@0 + 2g.20gb@4 only memory slices 6, 7 are free, and it needs 2 slices from 0, 2 or 4 on: 0 meets 4g.40gb@0, 2 meets 4g.40gb@0, 4 meets 2g.20gb@4; 1g.20gb or 1g.10gb would still fit",
    ],
    [
      "MIG and MPS side by side",
      a100,
      "mig:3g.40gb mps-share:0.4",
      "mixed-schemes",
      [0, 1],
      [],
      "MIG instances and MPS shares exclude each other on one device; use one of them for all",
    ],
    [
      "the whole card beside a piece",
      a100,
      "whole mps-share:0.4",
      "whole-beside-piece",
      [0, 1],
      [],
      "the whole device takes everything, so nothing fits beside it (the whole device and MPS shares); put all on the whole device, or none",
    ],
    [
      "MIG on a card without",
      v100,
      "mig:3g.40gb",
      "not-offered",
      [0],
      [],
      '"V100" has no MIG instances; it can be cut into the whole device, MPS shares, green contexts',
    ],
    [
      "static partitions before Ampere",
      v100,
      "sm-partition:8",
      "not-offered",
      [0],
      [],
      '"V100" has no static SM partitions; it can be cut into the whole device, MPS shares, green contexts',
    ],
    [
      "shares of more than the card",
      a100,
      "mps-share:0.6 mps-share:0.6",
      "too-much",
      [0, 1],
      [],
      "the shares add up to 120 %, and 100 % can be given away; beyond it clients take turns and slow each other down",
    ],
    [
      "a share that comes to nothing",
      a100,
      "mps-share:0.01",
      "off-grid",
      [0],
      [],
      '"mps-share:0.01" rounds down to no multiprocessor at all; give it 2 % or more',
    ],
    [
      "a share between two percents",
      a100,
      "mps-share:0.125",
      "off-grid",
      [0],
      [],
      '"mps-share:0.125" is no multiple of 1 %',
    ],
    [
      "a partition that is no whole chunk",
      h100,
      "sm-partition:20",
      "off-grid",
      [0],
      [],
      '"sm-partition:20" is no size that the card can set: multiples of 8 multiprocessors, such as 16',
    ],
    [
      "more chunks than there are: 16 of 8, and 4 multiprocessors left over",
      h100,
      "sm-partition:64 sm-partition:72",
      "too-much",
      [0, 1],
      [],
      "the partitions take 136 multiprocessors, and 128 of 132 can be given away in steps of 8",
    ],
    [
      "a green context below the least",
      a100,
      "green-context:2",
      "off-grid",
      [0],
      [],
      '"green-context:2" is no size that the card can set: multiples of 2 multiprocessors from 4 on, such as 4',
    ],
    [
      "a core bound twice",
      processor,
      "core-set:0+1 core-set:1+2",
      "overlap",
      [0, 1],
      [1],
      'core 1 is bound twice, by "core-set:0+1" and "core-set:1+2"',
    ],
    [
      "a core that is not there",
      processor,
      "core-set:3+4",
      "no-such-core",
      [0],
      [4],
      '"core-set:3+4" names core 4, and there are cores 0 to 3',
    ],
    [
      "a share off its grid",
      processor,
      "cpu-share:0.33",
      "off-grid",
      [0],
      [],
      '"cpu-share:0.33" is no multiple of 0.05',
    ],
    [
      "shares beyond their total",
      processor,
      "cpu-share:0.5 cpu-share:0.45",
      "too-much",
      [0, 1],
      [],
      "the shares add up to 95 %, and 90 % can be given away",
    ],
    [
      "shares and cores of more than the processor",
      processor,
      "core-set:0+1 cpu-share:0.6",
      "too-much",
      [0, 1],
      [],
      "shares and bound cores take 110 % of the processor together",
    ],
  ] as const)("%s", (_, device, layout, code, pieces, slices, text) => {
    expect(conflictsOf(device, layout)).toEqual([{ code, pieces, slices, text }]);
  });

  test("everything that is wrong is told at once", () => {
    const codes = conflictsOf(a100, "mig:9g.90gb mig:3g.40gb@2 mig:2g.20gb@4 mig:3g.40gb@4").map(({ code }) => code);
    expect(codes).toEqual(["unknown-profile", "start-not-allowed", "overlap"]);
  });

  test("profiles with media engines exclude each other, though their slices would not", () => {
    const a30: LayoutDevice = { name: "A30", cores: 56, partitionSchemes: [migTables["a30-24gb"]] };
    expect(conflictsOf(a30, "mig:1g.6gb+me@0 mig:2g.12gb+me@2")).toEqual([
      {
        code: "too-many",
        pieces: [0, 1],
        slices: [],
        text: '1g.6gb+me and 2g.12gb+me all want the media engines, which one instance at a time has; take profiles without "+me"',
      },
    ]);
    expect(check(a30, "mig:1g.6gb+me@0 mig:2g.12gb@2").fits).toBe(true);
  });

  test("an MPS server takes 48 clients", () => {
    const layout = Array.from({ length: 49 }, (): Partition => ({ kind: "mps-share", share: 0.02 }));
    expect(checkLayout(a100, layout.slice(0, 48)).fits).toBe(true);
    expect(checkLayout(a100, layout)).toMatchObject({
      conflicts: [{ code: "too-many", text: "49 clients, and an MPS server takes 48" }],
    });
  });
});

test.each([
  [a100, "whole whole"],
  [a100, "mps-share:0.4 mps-share:0.35 mps-share:0.25"],
  [a100, "mig:4g.40gb@0 mig:3g.40gb@4"],
  [a100, "sm-partition:104 sm-partition:4"],
  [a100, "green-context:4 green-context:104"],
  [h100, "sm-partition:128"],
  [processor, "cpu-share:0.4 core-set:0+1"],
  [processor, "cpu-share:0.3 cpu-share:0.6"],
] as const)("what fits on %o stays as it is: %s", (device, layout) => {
  expect(check(device, layout)).toEqual({ fits: true, partitions: layout.split(" ").map(parsePartition) });
});

test("instances without a start are given one, the others stay", () => {
  const result = check(a100, "mig:1g.10gb mig:3g.40gb mig:2g.20gb@0");
  expect(result.fits && result.partitions.map(formatPartition)).toEqual([
    "mig:1g.10gb@2",
    "mig:3g.40gb@4",
    "mig:2g.20gb@0",
  ]);
});

const names = migTables["a100-80gb"].profiles.map(({ name }) => name);
const instance = fc.record(
  { kind: fc.constant("mig" as const), profile: fc.constantFrom(...names), start: fc.integer({ min: 0, max: 8 }) },
  { requiredKeys: ["kind", "profile"] },
);

test("MIG instances fit exactly when trying all starts finds a way, and then the answer is one", () => {
  const legal = legalSets(migTables["a100-80gb"], names);
  fc.assert(
    fc.property(fc.array(instance, { minLength: 1, maxLength: 5 }), (layout) => {
      const result = checkLayout(a100, layout);
      expect(result.fits).toBe(canExist(migTables["a100-80gb"], layout));
      if (!result.fits) return;
      const placed = result.partitions.map((each) =>
        each.kind === "mig" ? { profile: each.profile, start: each.start! } : expect.fail("lost an instance"),
      );
      expect(legal.has(nameOf(placed))).toBe(true);
      layout.forEach(({ profile, start }, i) => {
        expect(placed[i]!.profile).toBe(profile);
        if (start !== undefined) expect(placed[i]!.start).toBe(start);
      });
    }),
    { numRuns: 500 },
  );
});

test("the pieces that a conflict names cannot stand together, whatever else is there", () => {
  fc.assert(
    fc.property(fc.array(instance, { minLength: 2, maxLength: 5 }), (layout) => {
      const result = checkLayout(a100, layout);
      if (result.fits) return;
      for (const { code, pieces, slices, text } of result.conflicts) {
        expect(text).not.toBe("");
        expect(pieces.every((at) => at < layout.length)).toBe(true);
        if (code === "no-room") continue;
        expect(
          canExist(
            migTables["a100-80gb"],
            pieces.map((at) => layout[at]!),
          ),
        ).toBe(false);
        if (code === "overlap") expect(slices.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300 },
  );
});

test.each([a100, h100, v100])(
  "everything that $name is said to offer is legal alone, and nothing else of its kinds",
  (device) => {
    const offered = new Set(listPartitions(device).map(formatPartition));
    for (const text of offered) expect(check(device, text).fits).toBe(true);
    const kinds = new Set(device.partitionSchemes.map(({ kind }) => kind));
    for (const kind of ["sm-partition", "green-context"] as const)
      for (let n = 1; n <= device.cores + 8; n++) {
        const text = `${kind}:${n}`;
        expect(check(device, text).fits).toBe(kinds.has(kind) && offered.has(text));
      }
  },
);
