import type { Config, Partition, Predict, Prediction } from "@partitune/schema";
import { type CardTimesInput, cardTimes } from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { toCardJobs } from "../../../packages/simulator/src/fleet/toCardJobs.ts";
import { card, mps } from "./testFleet.ts";

type Row = readonly [partition: Partition, batch: number, seconds: number, processes?: number];

const instance = (profile: string): Partition => ({ kind: "mig", profile });

function inputOf(rows: readonly Row[], powerMode = "default"): CardTimesInput {
  const known = rows.map(([partition, batch, seconds, processes]) => ({
    config: {
      workload: "net",
      powerMode,
      partition,
      batch,
      ...(processes === undefined ? {} : { processes }),
    } as Config,
    seconds,
  }));
  const predict: Predict = (config): Prediction | undefined => {
    const row = known.find((each) => JSON.stringify(each.config) === JSON.stringify(config));
    if (row === undefined) return undefined;
    const value = row.seconds;
    return {
      metrics: { latency_p50_s: { value, low: value, high: value } },
      serviceRatios: [0.9, 1.1],
      extrapolated: false,
      synthetic: true,
    };
  };
  return { device: card, powerMode: "default", configs: known.map(({ config }) => config), predict };
}

describe("the times of a workload on a card", () => {
  it("come from the uncut card and from MPS shares of it, one process, by share and batch", () => {
    const rows: readonly Row[] = [
      [{ kind: "whole" }, 2, 0.014],
      [{ kind: "whole" }, 1, 0.01],
      [mps(0.5), 1, 0.015],
      [mps(0.25), 1, 0.03],
      [mps(0.5), 1, 0.02, 2],
      [instance("1g.10gb"), 1, 0.05],
    ];
    expect(cardTimes("net", inputOf(rows))).toEqual({
      ratios: [0.9, 1.1],
      sizes: [
        { share: 0.25, batches: [{ batch: 1, seconds: 0.03 }] },
        { share: 0.5, batches: [{ batch: 1, seconds: 0.015 }] },
        {
          share: 1,
          batches: [
            { batch: 1, seconds: 0.01 },
            { batch: 2, seconds: 0.014 },
          ],
        },
      ],
    });
  });

  it("come from MIG instances where nothing else was measured: the largest stands for the card, equal sizes are one", () => {
    const rows: readonly Row[] = [
      [instance("1g.10gb"), 1, 0.05],
      [instance("1g.20gb"), 1, 0.049],
      [instance("3g.40gb"), 1, 0.02],
      [instance("7g.80gb"), 1, 0.01],
    ];
    const { sizes } = cardTimes("net", inputOf(rows));
    expect(sizes.map(({ share, batches }) => [share, batches[0]!.seconds])).toEqual([
      [1 / 7, 0.049],
      [3 / 7, 0.02],
      [1, 0.01],
    ]);
  });

  it("cannot come from parts of the card alone, nor from another power mode", () => {
    expect(() => cardTimes("net", inputOf([[instance("1g.10gb"), 1, 0.05]]))).toThrow(
      /workload "net" was not measured on the whole "card" in power mode "default" with one process \(only on mig:1g.10gb\); measure it on whole/,
    );
    expect(() => cardTimes("net", inputOf([[{ kind: "whole" }, 1, 0.05]], "slow"))).toThrow(/nor on any part of it/);
    expect(() => cardTimes("other", inputOf([[{ kind: "whole" }, 1, 0.05]]))).toThrow(/workload "other"/);
  });
});

describe("how a batch uses a part of the card", () => {
  const times = {
    ratios: [1],
    sizes: [
      { share: 0.2, batches: [{ batch: 1, seconds: 0.04 }] },
      {
        share: 0.6,
        batches: [
          { batch: 1, seconds: 0.0101 },
          { batch: 4, seconds: 0.03 },
        ],
      },
      {
        share: 1,
        batches: [
          { batch: 1, seconds: 0.01 },
          { batch: 4, seconds: 0.016 },
        ],
      },
    ],
  };
  const { seconds, sharers } = toCardJobs("net", times, 4);

  it("is linear between measured shares, in proportion below the smallest, and flat where more brings nothing", () => {
    const { speedAt } = sharers[1]!;
    expect(speedAt(0.2)).toBeCloseTo(0.25, 12);
    expect(speedAt(0.1)).toBeCloseTo(0.125, 12);
    expect(speedAt(0.4)).toBeCloseTo((0.25 + 0.01 / 0.0101) / 2, 12);
    expect(speedAt(1)).toBe(1);
  });

  it("has its knee where 95 % of the full speed are reached", () => {
    const { knee, speedAt } = sharers[1]!;
    expect(speedAt(knee)).toBeCloseTo(0.95, 9);
    expect(knee).toBeLessThan(0.6);
    expect(sharers[4]!.knee).toBeGreaterThan(0.9);
  });

  it("takes times between measured batches from the line, and leaves out parts where the batch is not known", () => {
    expect([...seconds]).toEqual([0, 0.01, 0.012, 0.014, 0.016].map((value) => expect.closeTo(value, 12)));
    expect(sharers[2]!.speedAt(0.2)).toBeCloseTo((0.2 / 0.6) * (0.012 / (0.0101 + (0.03 - 0.0101) / 3)), 9);
  });

  it("takes the quickest part for the whole where more of the card is slower", () => {
    const slower = { ratios: [1], sizes: [times.sizes[1]!, { share: 1, batches: [{ batch: 1, seconds: 0.012 }] }] };
    const jobs = toCardJobs("net", slower, 1);
    expect(jobs.seconds[1]).toBe(0.0101);
    expect(jobs.sharers[1]!.speedAt(1)).toBe(1);
    expect(jobs.sharers[1]!.speedAt(0.6)).toBe(1);
  });
});
