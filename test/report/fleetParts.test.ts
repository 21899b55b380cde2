import { devices } from "@partitune/profiler";
import { type FleetGpu, type FleetPiece, maximalLayouts, migTables, type Partition } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardGroups } from "../../packages/report/src/cardGroups.ts";
import { fitText, textWidth } from "../../packages/report/src/fitText.ts";
import { foldedTable } from "../../packages/report/src/foldedTable.ts";
import { formatAttainment } from "../../packages/report/src/formatAttainment.ts";
import { formatDuration } from "../../packages/report/src/formatDuration.ts";
import { hatching } from "../../packages/report/src/hatching.ts";
import { optimalityWords } from "../../packages/report/src/optimalityWords.ts";
import { pieceSpans } from "../../packages/report/src/pieceSpans.ts";
import { seriesOfServices } from "../../packages/report/src/seriesOfServices.ts";
import { capacityOver, transitionLives } from "../../packages/report/src/transitionLives.ts";
import { exampleTenant, migFleetPlan, mpsFleetPlan } from "../schema/exampleFleetPlan.ts";
import { syntheticFleet, syntheticTransition } from "./syntheticFleet.ts";

const a100 = devices.a100;

function cardOf(...partitions: readonly Partition[]): FleetGpu {
  const pieces = partitions.map(
    (partition, i): FleetPiece => ({ id: `p${i}`, partition, tenants: [exampleTenant(`t${i}`, "faces", 0.004)] }),
  );
  return { id: "gpu0", device: a100.name, powerMode: a100.powerModes[0]!.name, pieces };
}

const mig = (profile: string, start?: number): Partition =>
  start === undefined ? { kind: "mig", profile } : { kind: "mig", profile, start };

describe("pieceSpans", () => {
  it("puts MIG instances on the memory slices at which they begin, in that order", () => {
    const { unit, length, pieces } = pieceSpans(cardOf(mig("3g.40gb", 4), mig("1g.10gb", 2), mig("2g.20gb", 0)), a100);
    expect(unit).toBe("memory slices");
    expect(length).toBe(8);
    expect(pieces.map(({ piece, from, to }) => [piece.id, from, to])).toEqual([
      ["p2", 0, 2],
      ["p1", 2, 3],
      ["p0", 4, 8],
    ]);
  });

  it("tells slices on which another instance may begin from those that are left over", () => {
    expect(pieceSpans(cardOf(mig("4g.40gb", 0), mig("1g.10gb", 4)), a100).gaps).toEqual([
      { from: 5, to: 8, usable: true },
    ]);
    // Seven 1g fill all compute slices; the eighth memory slice begins nothing.
    const seven = Array.from({ length: 7 }, (_, start) => mig("1g.10gb", start));
    expect(pieceSpans(cardOf(...seven), a100).gaps).toEqual([{ from: 7, to: 8, usable: false }]);
  });

  it("covers every slice exactly once, by a piece or by a gap, whatever the layout", () => {
    const layouts = maximalLayouts(migTables["a100-80gb"]);
    fc.assert(
      fc.property(fc.constantFrom(...layouts), fc.nat(), (layout, dropped) => {
        const kept = layout.filter((_, i) => i !== dropped % (layout.length + 1));
        const { pieces, gaps } = pieceSpans(cardOf(...kept.map(({ profile, start }) => mig(profile, start))), a100);
        const covered = [...pieces, ...gaps].flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        );
        expect(covered.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      }),
    );
  });

  it("puts shares side by side and leaves the rest free", () => {
    const { pieces, gaps } = pieceSpans(
      cardOf({ kind: "mps-share", share: 0.5 }, { kind: "mps-share", share: 0.25 }),
      a100,
    );
    expect(pieces.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.5],
      [0.5, 0.75],
    ]);
    expect(gaps).toEqual([{ from: 0.75, to: 1, usable: true }]);
  });

  it("lets shares end beyond the card when they add up to more than it has", () => {
    const { length, pieces, gaps } = pieceSpans(
      cardOf({ kind: "mps-share", share: 0.8 }, { kind: "mps-share", share: 0.8 }),
      a100,
    );
    expect(length).toBe(1);
    expect(pieces.at(-1)!.to).toBeCloseTo(1.6);
    expect(gaps).toEqual([]);
  });

  it("gives tenants that share a whole card without limits equal parts, and multiprocessors their own", () => {
    const wholes = pieceSpans(cardOf({ kind: "whole" }, { kind: "whole" }), a100);
    expect(wholes.pieces.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.5],
      [0.5, 1],
    ]);
    const [first] = pieceSpans(cardOf({ kind: "sm-partition", multiprocessors: 27 }), a100).pieces;
    expect(first!.to).toBe(0.25);
  });

  it("refuses a MIG instance without a start, which would have no place in the picture", () => {
    expect(() => pieceSpans(cardOf(mig("1g.10gb")), a100)).toThrow(/"p0".*without a start/);
    expect(() => pieceSpans(cardOf(mig("9g.90gb", 0)), a100)).toThrow(/9g.90gb/);
  });
});

describe("cardGroups", () => {
  it("puts equal cards together, whatever their names, ids and loads, and adds their loads up", () => {
    const one = migFleetPlan().gpus[0]!;
    const pieces = one.pieces.map((piece) => ({
      ...piece,
      id: `other ${piece.id}`,
      tenants: piece.tenants.map((tenant) => ({ ...tenant, id: `other ${tenant.id}`, ratePerSecond: 0 })),
    }));
    const groups = cardGroups([one, { ...one, id: "gpu7", pieces: pieces.toReversed() }]);
    expect(groups).toHaveLength(1);
    expect(groups[0]!.ids).toEqual(["gpu0", "gpu7"]);
    const alone = cardGroups([one])[0]!.loads;
    expect(groups[0]!.loads).toEqual(alone.map((tenants) => tenants.map((load) => load / 2)));
  });

  it("keeps cards apart that differ in a start, a batch, a number of processes, a service or the power mode", () => {
    const one = migFleetPlan().gpus[0]!;
    const [first, ...rest] = one.pieces;
    const [tenant] = first!.tenants;
    const others: readonly FleetGpu[] = [
      { ...one, powerMode: "other" },
      { ...one, pieces: rest },
      { ...one, pieces: [{ ...first!, partition: mig("2g.20gb", 2) }, ...rest] },
      ...[{ batch: 8 }, { processes: 3 }, { service: "notes" }].map((change) => ({
        ...one,
        pieces: [{ ...first!, tenants: [{ ...tenant!, ...change }] }, ...rest],
      })),
    ];
    expect(cardGroups([one, ...others])).toHaveLength(1 + others.length);
  });

  it("counts every card of a fleet once", () => {
    const { gpus } = syntheticFleet({ cards: 40, services: 12, cut: "mps", kinds: 7 });
    const groups = cardGroups(gpus);
    expect(groups.length).toBeLessThanOrEqual(7);
    expect(groups.flatMap(({ ids }) => ids).sort()).toEqual(gpus.map(({ id }) => id).sort());
  });
});

describe("fitText", () => {
  it("keeps what fits, cuts in the middle so that numbers at the end stay, and short rooms at the end", () => {
    expect(fitText("bert", 100, 12)).toBe("bert");
    expect(fitText("inceptionv3-17", 75, 12)).toMatch(/^incep\w*…\w*-17$/);
    expect(fitText("inceptionv3-17", 34, 12)).toMatch(/^in\w*…$/);
    expect(fitText("inceptionv3-17", 10, 12)).toBe("");
  });

  it("never exceeds its room, by its own estimate", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 0, max: 300 }), (text, room) => {
        expect(textWidth(fitText(text, room, 12), 12)).toBeLessThanOrEqual(room + 1e-9);
      }),
    );
  });

  it("shows no line breaks and no marks that turn the direction of writing", () => {
    expect(fitText("a\nb\u202ec", 100, 12)).toBe("a b c");
  });
});

describe("hatching", () => {
  it("stays within its box", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 90 }), fc.boolean(), (w, h, falling) => {
        const path = hatching({ x: 10, y: 20, width: w, height: h }, 7, falling);
        const points = [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
        for (const [x, y] of points) {
          expect(x! >= 9.9 && x! <= 10.1 + w && y! >= 19.9 && y! <= 20.1 + h).toBe(true);
        }
      }),
    );
  });
});

describe("optimalityWords", () => {
  const gpus = { method: "m", objective: { name: "GPUs", unit: "" } } as const;
  it.each([
    [{ ...gpus, status: "optimal", value: 3, bound: 3, gap: 0 }, "3 GPUs; proved that fewer do not suffice"],
    [{ ...gpus, status: "optimal", value: 1, bound: 1, gap: 0 }, "1 GPU; proved that fewer do not suffice"],
    [
      { ...gpus, status: "feasible", value: 120, bound: 118.4, gap: 0.0133 },
      "120 GPUs; at least 119 are needed (gap 1 of 120)",
    ],
    [
      { ...gpus, status: "feasible", value: 4, bound: null, gap: null },
      "4 GPUs; no bound is known, so fewer might suffice",
    ],
    [
      {
        method: "m",
        objective: { name: "power", unit: "w" },
        status: "feasible",
        value: 812,
        bound: 800,
        gap: 0.015,
      },
      "power 812 W; no plan can be better than 800 W (gap 1.5 %)",
    ],
  ] as const)("says %j", (optimality, words) => {
    expect(optimalityWords(optimality)).toBe(words);
  });
});

describe("seriesOfServices", () => {
  it("gives up to twelve services a colour each", () => {
    const { by, entries } = seriesOfServices(syntheticFleet({ cards: 3, services: 12, cut: "mps" }));
    expect(by).toBe("service");
    expect(new Set(entries.map(({ colour }) => colour)).size).toBe(12);
  });

  it("colours a thousand services by what they run", () => {
    const plan = syntheticFleet({ cards: 20, services: 1000, cut: "mps" });
    const series = seriesOfServices(plan);
    expect(series.by).toBe("workload");
    expect(series.entries.map(({ label }) => label)).toEqual(["resnet50", "vgg16", "bert"]);
    expect(series.colourOf(plan.services[0]!.name)).toBe(series.colourOf(plan.services[3]!.name));
  });

  it("leaves a colour to those with the most tenants when there are too many workloads, and says how many share grey", () => {
    const plan = syntheticFleet({ cards: 20, services: 30, cut: "mig" });
    const services = plan.services.map((service) => ({ ...service, workload: `w ${service.name}` }));
    const { entries } = seriesOfServices({ ...plan, services });
    expect(entries).toHaveLength(12);
    expect(entries.at(-1)!.label).toBe("19 other services");
    const tenants = plan.gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
    const count = (names: readonly string[]) => tenants.filter(({ service }) => names.includes(service)).length;
    const least = Math.min(...entries.slice(0, -1).map((entry) => count(entry.services)));
    for (const name of entries.at(-1)!.services) expect(count([name])).toBeLessThanOrEqual(least);
  });
});

describe("transitionLives", () => {
  const transition = syntheticTransition();
  const lives = transitionLives(transition);

  it("follows every piece from its creation to its destruction", () => {
    const found = lives.map(({ piece, from, to, created, destroyed }) => [piece, from, to, created, destroyed]);
    expect(found).toContainEqual(["gpu0.0", -1, 5, false, true]);
    expect(found).toContainEqual(["gpu0.new", 5, 9, true, false]);
    expect(found).toContainEqual(["gpu0.2", -1, 9, false, false]);
  });

  it("counts a tenant's capacity while it is sent requests: not while it starts, drains, or beyond what both settings can", () => {
    // photos: 120/s before; the helper serves from step 3 (50/s), the old tenant until step 3, the grown one from step 8 (70/s).
    expect(capacityOver(lives, "photos", transition.steps.length)).toEqual([
      120, 120, 120, 50, 50, 50, 50, 50, 100, 100,
    ]);
  });

  it("finds capacity missing exactly in the steps of the dips that the file states", () => {
    const capacities = capacityOver(lives, "photos", transition.steps.length);
    const [dip] = transition.dips;
    const short = capacities.flatMap((capacity, k) => (capacity < 80 ? [k - 1] : []));
    expect([short[0], short.at(-1)]).toEqual([dip!.from, dip!.to]);
  });

  it("ends with the fleet that is said to come after", () => {
    const end = transition.steps.length + 1;
    const left = lives.filter(({ to, destroyed }) => to === end && !destroyed).map(({ piece }) => piece);
    expect(left.sort()).toEqual(transition.after.flatMap(({ pieces }) => pieces.map(({ id }) => id)).sort());
  });
});

describe("words and tables", () => {
  it("never rounds attainment up to all requests", () => {
    expect([1, 0.999999, 0.99987, 0.9, 0].map(formatAttainment)).toEqual([
      "100 %",
      "99.999 %",
      "99.987 %",
      "90 %",
      "0 %",
    ]);
  });

  it("names durations in the unit people use", () => {
    expect([0.25, 4, 500, 900, 28800].map(formatDuration)).toEqual(["0.25 s", "4 s", "500 s", "15 min", "8 h"]);
  });

  it("folds long tables, and says how many rows are left out of very long ones", () => {
    const rows = (n: number) => Array.from({ length: n }, (_, i) => [`row ${i}`, "x"]);
    expect(foldedTable("t", ["a", "b"], rows(24)).markup).not.toContain("<details");
    expect(foldedTable("t", ["a", "b"], rows(25)).markup).toContain("t, 25 rows");
    const long = foldedTable("t", ["a", "b"], rows(1000)).markup;
    expect(long).toContain("the first 300 of 1000 rows");
    expect(long.match(/<tr role="row">/g)).toHaveLength(301);
  });
});

describe("the example of shares", () => {
  it("fills its card", () => {
    const plan = mpsFleetPlan();
    expect(pieceSpans(plan.gpus[0]!, a100).gaps).toEqual([]);
  });
});
