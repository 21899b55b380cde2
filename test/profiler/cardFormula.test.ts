import { type CardRun, cardCost, cardIdle, cardSlowdown, cardWork, cardWorkloads } from "@partitune/profiler";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const whole = { multiprocessors: 108, bandwidth: 1 };
const slice = { multiprocessors: 14, bandwidth: 1 / 8 };
const full = { multiprocessors: 1, memory: 1 };
const resnet50 = cardWork("resnet50")!;

function costOf(run: Partial<CardRun>, work = resnet50) {
  return cardCost(work, { batch: 1, processes: 1, piece: whole, clock: full, ...run });
}

const work = fc.constantFrom(...cardWorkloads.map(({ name }) => cardWork(name)!));
const run = fc.record({
  batch: fc.integer({ min: 1, max: 64 }),
  processes: fc.integer({ min: 1, max: 6 }),
  piece: fc.constantFrom(slice, { multiprocessors: 28, bandwidth: 0.25 }, { multiprocessors: 56, bandwidth: 0.5 }),
  clock: fc.record({ multiprocessors: fc.double({ min: 0.3, max: 0.95, noNaN: true }), memory: fc.constant(1) }),
});

describe("the formula of the synthetic card", () => {
  test("binds small batches to launching: a seventh of the card is nearly as fast as all of it", () => {
    const [small, large] = [costOf({ piece: slice }), costOf({})];
    expect(large.timeSeconds).toBeGreaterThan(0.0045);
    expect(small.timeSeconds / large.timeSeconds).toBeLessThan(1.2);
  });

  test("binds large batches to work: speed grows with the multiprocessors, less than in proportion", () => {
    const speedUp = costOf({ piece: slice, batch: 32 }).timeSeconds / costOf({ batch: 32 }).timeSeconds;
    expect(speedUp).toBeGreaterThan(4);
    expect(speedUp).toBeLessThan(108 / 14);
  });

  test("binds what moves much to bandwidth", () => {
    const starved = { ...whole, bandwidth: 0.1 };
    const { busy, timeSeconds } = costOf({ piece: starved, batch: 32 });
    const bytes = resnet50.traffic.item * 32 + resnet50.traffic.weights;
    expect(busy.bandwidth).toBeLessThanOrEqual(0.1);
    expect(timeSeconds).toBeGreaterThanOrEqual(bytes / (1.6 * 0.1) / 1000);
  });

  test("lets processes fill gaps until the piece is full: two of batch 1 are free, of batch 32 take turns", () => {
    expect(costOf({ processes: 2 }).timeSeconds / costOf({}).timeSeconds).toBeLessThan(1.01);
    const turns = costOf({ processes: 2, batch: 32, piece: slice }).timeSeconds;
    expect(turns / costOf({ batch: 32, piece: slice }).timeSeconds).toBeCloseTo(2, 0);
  });

  test("adds up memory, in whole bytes, and power to what the idle card draws", () => {
    const gibibyte = 2 ** 30;
    expect(costOf({ batch: 8 }).memoryBytes).toBe(Math.round((0.7 + 8 * 0.08) * gibibyte));
    expect(costOf({ batch: 8, processes: 3 }).memoryBytes).toBe(Math.round(3 * (0.7 + 8 * 0.08) * gibibyte));
    const busiest = costOf({ batch: 64, processes: 3 }, cardWork("vgg16")!).powerWatts + cardIdle;
    expect(busiest).toBeGreaterThan(300);
    expect(busiest).toBeLessThan(400);
  });

  test("takes longer for more of anything, draws less at a lower clock, and keeps no more busy than the piece has", () => {
    fc.assert(
      fc.property(work, run, (constants, given) => {
        const cost = cardCost(constants, given);
        const timeOf = (change: Partial<CardRun>) => cardCost(constants, { ...given, ...change }).timeSeconds;
        expect(timeOf({ batch: given.batch + 1 })).toBeGreaterThanOrEqual(cost.timeSeconds);
        expect(timeOf({ processes: given.processes + 1 })).toBeGreaterThanOrEqual(cost.timeSeconds);
        expect(timeOf({ piece: whole })).toBeLessThanOrEqual(cost.timeSeconds * (1 + 1e-12));
        expect(timeOf({ clock: full })).toBeLessThanOrEqual(cost.timeSeconds);
        expect(cardCost(constants, { ...given, clock: full }).powerWatts).toBeGreaterThan(cost.powerWatts);
        expect(cost.busy.multiprocessors).toBeLessThanOrEqual(given.piece.multiprocessors / 108 + 1e-12);
        expect(cost.busy.bandwidth).toBeLessThanOrEqual(given.piece.bandwidth + 1e-12);
      }),
      { numRuns: 200 },
    );
  });

  test("knows no other network", () => {
    expect(cardWork("gpt")).toBeUndefined();
    expect(cardWork("toString")).toBeUndefined();
  });
});

describe("the slowdown by neighbours", () => {
  const use = { multiprocessors: 0.4, bandwidth: 0.2 };
  test("is none alone, and linear in what the workload and its neighbours use", () => {
    expect(cardSlowdown(use, [])).toBe(1);
    expect(cardSlowdown(use, [use])).toBeCloseTo(1 + 0.01 + 0.05 * 0.4 + 0.1 * 0.2 + 0.08 * 0.4 + 0.3 * 0.2, 12);
    const one = cardSlowdown(use, [use]);
    expect(cardSlowdown(use, [use, use]) - one).toBeCloseTo(0.08 * 0.4 + 0.3 * 0.2, 12);
  });
});
