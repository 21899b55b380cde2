import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import {
  type LookUp,
  type Strategy,
  scoreSearch,
  strategies,
  summariseScores,
  tableLookUp,
  toModeGrid,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { smallDevice, smallTables } from "./fixtures/smallModes.ts";

const problem: ModeProblem = { kind: "training", training: "net", objective: "time", budgetWatts: 20 };
const grid = toModeGrid(smallDevice, problem);
const lookUp = tableLookUp(smallTables, grid);

function start(probes: number, asked: ModeProblem = problem): Strategy {
  return strategies.exhaustive({ grid, problem: asked, probes, random: seededRandom("score") });
}

describe("scoreSearch", () => {
  test("finds no loss where the search found the optimum", () => {
    const score = scoreSearch(start(3), lookUp, 0.1);
    expect(score).toMatchObject({ status: "solved", value: 0.1, loss: 0, isFalse: false, modesMeasured: 3, runs: 3 });
  });

  test("states the loss relative to the optimum: the first of three modes takes twice the time of the second", () => {
    expect(scoreSearch(start(1), lookUp, 0.1).loss).toBeCloseTo(1, 12);
  });

  test("states the loss of a rate as what is missing of it", () => {
    const served = { workload: "serve", batches: [4], ratePerSecond: 10, latencySeconds: 1 };
    const turns = { policy: "reserve", dispatcher: "windowed", budget: { kind: "peak", watts: 100 } } as const;
    const concurrent: ModeProblem = { kind: "concurrent", training: "net", inference: served, ...turns };
    const best = scoreSearch(start(3, concurrent), lookUp, null).value!;
    expect(scoreSearch(start(3, concurrent), lookUp, 2 * best).loss).toBeCloseTo(0.5, 12);
  });

  test("tells what was not found from what cannot be found", () => {
    const hard: ModeProblem = { ...problem, budgetWatts: 9 };
    expect(scoreSearch(start(3, hard), lookUp, null).status).toBe("unsolvable");
    expect(scoreSearch(start(3, hard), lookUp, 0.2).status).toBe("unsolved");
  });

  test("calls an answer false that beats the optimum of its table", () => {
    expect(scoreSearch(start(3), lookUp, 0.2).isFalse).toBe(true);
    expect(scoreSearch(start(3), lookUp, null).isFalse).toBe(true);
  });

  test("says how much of the budget a fresh measurement of the choice takes", () => {
    const hotter: LookUp = (run) => {
      const outcome = lookUp(run);
      return "powerWatts" in outcome ? { ...outcome, powerWatts: 1.05 * outcome.powerWatts } : outcome;
    };
    expect(scoreSearch(start(3), lookUp, 0.1, { fresh: hotter }).freshUse).toBeCloseTo(1.05, 12);
    expect(scoreSearch(start(3), lookUp, 0.1).freshUse).toBeNull();
  });
});

describe("scoreSearch with a choice of one's own", () => {
  test("scores what is chosen from the measurements", () => {
    const other = start(1);
    scoreSearch(other, lookUp, null);
    const score = scoreSearch(start(3), lookUp, 0.1, { choose: () => other.answer() });
    expect(score).toMatchObject({ value: 0.2, modesMeasured: 3 });
  });
});

describe("summariseScores", () => {
  const of = { kind: "training", strategy: "exhaustive", highestProbes: 3 };
  const score = { status: "solved", isFalse: false, freshUse: null, modesMeasured: 3, runs: 4 } as const;

  test("counts unsolved problems apart, and as a loss of 1 in the second mean", () => {
    const summary = summariseScores(of, [
      { ...score, loss: 0 },
      { ...score, loss: 0.1 },
      { ...score, status: "unsolved", loss: null },
      { ...score, status: "unsolvable", loss: null },
    ]);
    expect(summary).toMatchObject({
      problems: 4,
      solvable: 3,
      unsolved: 1,
      meanLoss: 0.05,
      highestLoss: 0.1,
      meanRuns: 4,
    });
    expect(summary.meanLossWithUnsolved).toBeCloseTo(1.1 / 3, 12);
    expect(summary.within5Percent).toBeCloseTo(1 / 3, 12);
    expect(summary.within7Percent).toBeCloseTo(1 / 3, 12);
  });

  test("states the part of fresh measurements that break a budget, and by how much at most", () => {
    const uses = [0.9, 1.02, 1].map((freshUse) => ({ ...score, loss: 0, freshUse }));
    const summary = summariseScores(of, uses);
    expect(summary.broken).toBeCloseTo(1 / 3, 12);
    expect(summary.highestExcess).toBeCloseTo(0.02, 12);
    const endless = summariseScores(of, [{ ...score, loss: 0, freshUse: Number.POSITIVE_INFINITY }]);
    expect(endless).toMatchObject({ broken: 1, highestExcess: null });
  });

  test("has no losses where nothing was solvable", () => {
    const summary = summariseScores(of, [{ ...score, status: "unsolvable", loss: null }]);
    expect(summary).toMatchObject({ meanLoss: null, meanLossWithUnsolved: null, p90Loss: null, within5Percent: 0 });
  });
});

describe("tableLookUp", () => {
  test("answers trainings, inferences by batch, and the idle device", () => {
    expect(lookUp({ mode: 1, workload: "net", batch: null })).toEqual({ timeSeconds: 0.1, powerWatts: 20 });
    expect(lookUp({ mode: 1, workload: "serve", batch: 4 })).toEqual({ timeSeconds: 0.04, powerWatts: 20 });
    expect(lookUp({ mode: 0, workload: null, batch: null })).toEqual({ powerWatts: 5 });
  });

  test("says which row a table lacks", () => {
    expect(lookUp({ mode: 2, workload: null, batch: null })).toEqual({
      failed: 'the table has no row of idle power in mode "high"',
    });
    expect(lookUp({ mode: 2, workload: "serve", batch: 3 })).toHaveProperty("failed");
    expect(lookUp({ mode: 2, workload: "unknown", batch: null })).toHaveProperty("failed");
  });

  test("gives the time of a sample where batches of a training are chosen, and of an epoch where epochs were measured", () => {
    const rows = [8, 16].map((batch) => ({ mode: "low", batch, seconds: 0.08, watts: 10, repeats: 1 }));
    const choosing: ModeProblem = { ...problem, batches: [8, 16] };
    for (const run of ["batch", "epoch"] as const) {
      const tables = { ...smallTables, training: new Map([["net", { run, rows }]]) };
      const batches = toModeGrid({ ...smallDevice, powerModes: [smallDevice.powerModes[0]!] }, choosing);
      const outcome = tableLookUp(tables, batches)({ mode: 1, workload: "net", batch: null });
      expect(outcome).toEqual({ timeSeconds: run === "epoch" ? 0.08 : 0.005, powerWatts: 10 });
    }
  });
});
