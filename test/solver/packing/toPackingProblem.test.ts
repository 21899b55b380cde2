import { devices } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { packingConfigs, rowKey } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { idleWatts, type ProfileRow, profileOf, smallFleetProfile } from "./fleetProfile.ts";
import { demandFor, statedFleet } from "./statedFleet.ts";

const a100 = { ...devices.a100, synthetic: true };
const half = { kind: "mps-share", share: 0.5 } as const;
const mig3 = { kind: "mig", profile: "3g.40gb" } as const;
const one = (changes: Partial<ProfileRow> = {}): ProfileRow => ({
  workload: "net",
  partition: mig3,
  batch: 4,
  seconds: 0.01,
  ...changes,
});
const demands = [demandFor("net", 100, 0.1)];
const rowOf = (rows: readonly ProfileRow[], changes: Parameters<typeof statedFleet>[0] = {}) => {
  const fleet = statedFleet({ demands, ...changes }, profileOf(rows));
  return { fleet, row: fleet.problem.rows.at(-1)!, planned: fleet.planned.get(rowKey(fleet.problem.rows.at(-1)!))! };
};

describe("rows of a packing problem", () => {
  test("take a measured time as it is when its interval is closed at it", () => {
    const { row, fleet } = rowOf([one({ memoryBytes: 2e9 })]);
    expect(row).toMatchObject({ model: "net", piece: "3g.40gb", batch: 4, processes: 1, memoryBytes: 2e9 });
    expect(row.latencySeconds).toBeCloseTo(0.01, 12);
    expect(row.ratePerSecond).toBeCloseTo(400, 8);
    expect(fleet.synthetic).toBe(true);
  });

  test("are planned with the upper end of the interval, and slower in the same ratio", () => {
    const { row, planned } = rowOf([one({ high: 0.012 })]);
    expect(row.latencySeconds).toBeCloseTo(0.012, 12);
    expect(row.ratePerSecond).toBeCloseTo(4 / 0.012, 8);
    expect(planned.margin).toBeCloseTo(0.2, 12);
    expect(planned.expected.batches.at(-1)!.serviceSeconds).toBeCloseTo(0.01, 12);
  });

  test("are planned a quarter longer where the interval is open, with a warning", () => {
    const { row, fleet } = rowOf([one({ high: null })]);
    expect(row.latencySeconds).toBeCloseTo(0.0125, 12);
    expect(fleet.warnings.map(({ code }) => code)).toEqual(["open-interval"]);
  });

  test("are planned with a stated margin instead", () => {
    const { row, fleet } = rowOf([one({ high: null })], { margin: { kind: "relative", excess: 0.1 } });
    expect(row.latencySeconds).toBeCloseTo(0.011, 12);
    expect(fleet.warnings).toEqual([]);
  });

  test("count the throughput of all processes, and the time that a process is busy beside its batch", () => {
    const { row, planned } = rowOf([one({ processes: 2, throughput: 640 })], {
      margin: { kind: "relative", excess: 0 },
    });
    expect(row.processes).toBe(2);
    expect(row.ratePerSecond).toBeCloseTo(640, 8);
    expect(planned.expected.batches.at(-1)!.occupancySeconds).toBeCloseTo(0.0125, 12);
  });

  test("fill smaller batches on the line between measured ones, and never make a smaller batch slower", () => {
    const rows = [
      one({ batch: 1, seconds: 0.011 }),
      one({ batch: 3, seconds: 0.007 }),
      one({ batch: 5, seconds: 0.013 }),
    ];
    const { planned } = rowOf(rows);
    const seconds = planned.expected.batches.map(({ serviceSeconds }) => serviceSeconds);
    expect(seconds).toHaveLength(5);
    for (const [i, expected] of [0.011, 0.011, 0.011, 0.012, 0.013].entries())
      expect(seconds[i]).toBeCloseTo(expected, 12);
  });

  test("take the scatter of batches from measured percentiles", () => {
    const { planned } = rowOf([one({ p99: 0.015 })]);
    expect(planned.expected.ratios.length).toBeGreaterThan(1);
    expect(Math.max(...planned.expected.ratios)).toBeGreaterThan(1.3);
    expect(rowOf([one()]).planned.expected.ratios).toEqual([1]);
  });

  test("take off the idle power, and have none where that is not known", () => {
    expect(rowOf([one({ watts: 150 })], { idleWatts: 60 }).row.powerWatts).toBe(90);
    expect(rowOf([one({ watts: 150 })], { idleWatts: null }).row.powerWatts).toBeNull();
    expect(statedFleet().idleWatts).toBe(idleWatts);
  });
});

describe("interference", () => {
  const constant = { model: "constant", slowdown: 1.2 } as const;
  const small = { kind: "mps-share", share: 0.2 } as const;

  test("lengthens a piece that may have a neighbour", () => {
    const { row, planned } = rowOf([one({ partition: half })], { pieces: ["mps-share"], interference: constant });
    expect(row.latencySeconds).toBeCloseTo(0.012, 12);
    expect(planned.slowdown).toBe(1.2);
  });

  test("lengthens neither MIG instances, nor the whole card, nor what has no room for a neighbour", () => {
    const large = { kind: "mps-share", share: 0.6 } as const;
    expect(rowOf([one()], { interference: constant }).planned.slowdown).toBe(1);
    expect(
      rowOf([one({ partition: { kind: "whole" } })], { pieces: ["whole"], interference: constant }).planned.slowdown,
    ).toBe(1);
    expect(rowOf([one({ partition: large })], { pieces: ["mps-share"], interference: constant }).planned.slowdown).toBe(
      1,
    );
  });

  test("of pairs is that of the worst of the services that could be beside it", () => {
    const pairs = [
      { subject: "net", neighbour: "quiet", slowdown: 1.02, measured: true },
      { subject: "net", neighbour: "loud", slowdown: 1.5, measured: true },
    ];
    const rows = ["quiet", "loud", "net"].map((workload) => one({ workload, partition: half }));
    const pairwise = { model: "pairwise", pairs, otherwise: 1.1 } as const;
    const stated = (...names: readonly string[]) =>
      rowOf(rows, {
        demands: ["net", ...names].map((name) => demandFor(name, 10, 0.1)),
        pieces: ["mps-share"],
        interference: pairwise,
      }).fleet.planned.get(rowKey({ model: "net", piece: "mps-share:0.5", batch: 4, processes: 1 }))!.slowdown;
    expect(stated("quiet", "loud")).toBe(1.5);
    expect(stated("quiet")).toBe(1.1);
    expect(stated("loud")).toBe(1.5);
  });

  test("of small neighbours is never beyond that of the worst that had all the rest", () => {
    const pairs = [{ subject: "net", neighbour: "net", slowdown: 1.5, measured: true }];
    const rows = [one({ partition: small })];
    const model = { model: "pairwise", pairs, otherwise: 1 } as const;
    expect(rowOf(rows, { pieces: ["mps-share"], interference: model }).planned.slowdown).toBeCloseTo(1.5, 12);
  });
});

describe("the cards of a packing problem", () => {
  const stated = (pieces: NonNullable<Parameters<typeof statedFleet>[0]>["pieces"]) =>
    statedFleet({ demands: [demandFor("bert", 10, 0.3)], ...(pieces === undefined ? {} : { pieces }) });

  test("cut as asked have those pieces only", () => {
    const names = (pieces: Parameters<typeof stated>[0]) => [
      ...new Set(stated(pieces).problem.rows.map(({ piece }) => piece)),
    ];
    expect(names(["mig"])).toEqual(["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"]);
    expect(names(["whole"])).toEqual(["whole"]);
    expect(names(["mig", "whole"])).toHaveLength(6);
  });

  test("take the whole card for a share without limit", () => {
    const profile = profileOf([one({ partition: half }), one({ partition: { kind: "whole" }, seconds: 0.006 })]);
    const { problem, partitions } = statedFleet({ demands, pieces: ["mps-share"] }, profile);
    expect(problem.rows.map(({ piece }) => piece).sort()).toEqual(["mps-share:0.5", "mps-share:1"]);
    expect(partitions.get("mps-share:1")).toEqual({ kind: "mps-share", share: 1 });
  });

  test("are never cut in two ways at once, though a fleet may be", () => {
    const { card } = stated(["mig", "mps-share"]).problem;
    expect(card.starts([{ piece: "3g.40gb", start: 4 }], "mps-share:0.2")).toEqual([]);
    expect(card.starts([{ piece: "3g.40gb", start: 4 }], "4g.40gb")).toEqual([0]);
    expect(card.starts([{ piece: "mps-share:0.8", start: 0 }], "mps-share:0.2")).toEqual([0]);
    const kinds = card.pieces.map(({ name }) => (name.startsWith("mps") ? "mps" : "mig"));
    for (const pattern of card.patterns!) expect(new Set(kinds.filter((_, i) => pattern[i]! > 0)).size).toBe(1);
    const prices = card.pieces.map(({ compute }) => compute ** 0.9);
    const worth = (pattern: readonly number[]) => pattern.reduce((sum, count, i) => sum + count * prices[i]!, 0);
    expect(worth(card.bestPattern(prices))).toBeCloseTo(Math.max(...card.patterns!.map(worth)), 9);
  });

  test("count static partitions in chunks", () => {
    const rows = [20, 40].map((multiprocessors) => one({ partition: { kind: "sm-partition", multiprocessors } }));
    const { card } = statedFleet({ demands, pieces: ["sm-partition"] }, profileOf(rows)).problem;
    expect(card.pieces.map(({ name, compute }) => [name, compute])).toEqual([
      ["sm-partition:20", 5],
      ["sm-partition:40", 10],
      ["sm-partition:108", 27],
    ]);
  });

  test("leave room for every process among the clients of an MPS daemon", () => {
    const tiny = { kind: "mps-share", share: 0.02 } as const;
    const rows = [1, 3].map((processes) => one({ partition: tiny, processes }));
    const { card } = statedFleet({ demands, pieces: ["mps-share"] }, profileOf(rows)).problem;
    const placed = Array.from({ length: 16 }, () => ({ piece: "mps-share:0.02", start: 0 }));
    expect(card.starts(placed.slice(1), "mps-share:0.02")).toEqual([0]);
    expect(card.starts(placed, "mps-share:0.02")).toEqual([]);
  });
});

describe("a packing problem refuses", () => {
  const refusal = (state: () => unknown) => {
    try {
      state();
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    throw new Error("nothing was refused");
  };

  test.each([
    ["no demands", [], "the demands are empty"],
    [
      "an unknown workload",
      [demandFor("gpt", 1, 1)],
      'demand for "gpt" names workload "gpt", which is not in the profile; known are "resnet50", "vgg16", "bert"',
    ],
    ["the idle card", [demandFor("idle", 1, 1)], "whose task is idle; demand inference workloads"],
    [
      "one service twice",
      [demandFor("bert", 1, 1), demandFor("bert", 2, 1)],
      'demand for "bert" stands twice; give each a service name of its own',
    ],
  ])("%s", (_, wrong, message) => {
    expect(
      refusal(() => statedFleet({ demands: wrong, configs: packingConfigs(smallFleetProfile(), ["bert"]).configs })),
    ).toContain(message);
  });

  test("a power mode in which nothing was measured, naming those in which it was", () => {
    expect(refusal(() => statedFleet({ powerMode: "low" }))).toContain(
      'in power mode "low"; it was measured in: default',
    );
  });

  test("pieces on which the workload was never measured, naming where it was", () => {
    expect(refusal(() => statedFleet({ demands, pieces: ["whole"] }, profileOf([one()])))).toContain(
      "it was measured on: mig",
    );
  });

  test("MIG pieces on a card without MIG", () => {
    const { partitionSchemes, ...rest } = a100;
    const device = { ...rest, partitionSchemes: partitionSchemes.filter(({ kind }) => kind !== "mig") };
    const profile = profileOf([one()], device);
    expect(refusal(() => statedFleet({ demands }, profile))).toContain(
      "has no usable measurement on pieces of kind mig",
    );
    const both = profileOf([one(), one({ partition: { kind: "whole" } })], device);
    expect(statedFleet({ demands, pieces: ["whole"] }, both).warnings).toMatchObject([
      { code: "not-offered", where: "mig:3g.40gb" },
    ]);
  });

  test("nothing when a service asks for no requests, but says that it gets no piece", () => {
    const { warnings, problem } = rowOf([one()], { demands: [demandFor("net", 0, 0.1)] }).fleet;
    expect(warnings).toMatchObject([{ code: "no-requests", where: 'service "net"' }]);
    expect(problem.services[0]!.ratePerSecond).toBe(0);
  });
});

describe("packingConfigs", () => {
  const neighbour = { workload: "net", powerMode: "default", partition: half, batch: 1 };
  const point = { neighbours: [], load: { kind: "closed", inFlight: 1 }, round: 0 } as const;
  const config = { workload: "net", powerMode: "default", partition: half, batch: 2 } as const;
  const rows: readonly ProfileRow[] = [
    one(),
    one({ partition: { ...mig3, start: 4 } }),
    one({ partition: half, batch: 2, change: { flags: ["throttled"] } }),
    one({ partition: half, batch: 2, change: { outcome: { kind: "infeasible", reason: "out of memory" } } }),
    one({ partition: half, batch: 2, change: { outcome: { kind: "failed", reason: "crashed" } } }),
    one({ partition: half, batch: 2, change: { point: { ...point, config, neighbours: [neighbour] } } }),
    one({
      partition: half,
      batch: 2,
      change: { point: { ...point, config, load: { kind: "poisson", ratePerSecond: 3 } } },
    }),
    one({ workload: "other" }),
  ];

  test("lists what was measured alone, an instance once wherever it began, and counts the rest by reason", () => {
    const { configs, warnings } = packingConfigs(profileOf(rows), ["net"]);
    expect(configs).toEqual([{ workload: "net", powerMode: "default", partition: mig3, batch: 4 }]);
    expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([
      ["rows-left-out", "1 measurement left out: flagged as throttled, saturated or with a leaping clock"],
      ["rows-left-out", "1 measurement left out: could not run"],
      ["rows-left-out", "1 measurement left out: failed"],
      ["rows-beside-others", "1 measurement left out: made beside others, which tells of interference"],
      ["rows-left-out", "1 measurement left out: made under another load than one batch in flight"],
    ]);
  });

  test("names the pieces on which one workload was never tried and another was", () => {
    const { warnings } = packingConfigs(profileOf([one(), one({ workload: "other", partition: half })]), [
      "net",
      "other",
    ]);
    expect(warnings).toMatchObject([
      { code: "hole", where: '"net"', cause: expect.stringContaining("mps-share:0.5") },
      { code: "hole", where: '"other"', cause: expect.stringContaining("mig:3g.40gb") },
    ]);
  });

  test("says when the measurements come from cards of different kinds", () => {
    const profile = profileOf([one(), one({ batch: 8, change: { environment: "second" } })]);
    const environments = { made: { gpu: "A100" }, second: { gpu: "H100" } };
    expect(packingConfigs({ ...profile, environments }, ["net"]).warnings).toMatchObject([
      { code: "mixed-environments", cause: expect.stringContaining("gpu A100 or H100") },
    ]);
  });
});
