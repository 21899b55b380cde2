import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { type Learn, type ModeRun, type RunOutcome, strategies, tableLookUp } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { exactCost, grid441, training as works } from "../fixtures/boards.ts";
import { boardTables, servedBatches } from "../fixtures/boardTables.ts";
import { logLinear } from "../fixtures/logLinear.ts";

const tables = boardTables("A", grid441, 0);
const toTable = (rows: readonly object[]) => ({ run: "batch", rows }) as never;
const lookUp = tableLookUp(
  {
    training: new Map([...tables.training].map(([name, rows]) => [name, toTable(rows)])),
    inference: new Map([...tables.inference].map(([name, rows]) => [name, toTable(rows)])),
    idle: tables.idle,
  } as never,
  grid441,
);
const training: ModeProblem = { kind: "training", training: "resnet18", objective: "time", budgetWatts: 24 };
const concurrent: ModeProblem = {
  kind: "concurrent",
  training: "resnet18",
  inference: { workload: "resnet50", batches: servedBatches, ratePerSecond: 60, latencySeconds: 0.3 },
  policy: "slack",
  dispatcher: "windowed",
  budget: { kind: "average", watts: 24 },
};

function play(name: "nn-k" | "transfer", problem: ModeProblem, learn: Learn, measure = lookUp, probes = 15) {
  const strategy = strategies[name]({ grid: grid441, problem, probes, learn, random: seededRandom("learn") });
  const reasons: string[] = [];
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    reasons.push(proposal.reason);
    strategy.tell(proposal.run, measure(proposal.run));
  }
  return { strategy, reasons };
}

describe.each([
  ["nn-k", 12],
  ["transfer", 8],
] as const)("%s", (name, sample) => {
  test(`learns from ${sample} modes of 15 and verifies in the others what it predicts to be best`, () => {
    const { strategy, reasons } = play(name, training, logLinear);
    expect(reasons.slice(0, sample)).toEqual(Array(sample).fill("drawn at random, to learn from"));
    expect(reasons.slice(sample)).toContain("predicted to be best");
    expect(strategy.modesMeasured()).toBeLessThanOrEqual(15);
  });

  test("comes within 2 % of the optimum when the model knows the board, whatever the sample", () => {
    const knowing: Learn = () => (x) => exactCost("A", works.resnet18, x);
    const optimum = Math.min(
      ...tables.training
        .get("resnet18")!
        .filter(({ watts }) => watts <= 24)
        .map(({ seconds }) => seconds),
    );
    for (let seed = 0; seed < 5; seed++) {
      const input = { grid: grid441, problem: training, probes: 15, learn: knowing, random: seededRandom(seed) };
      const strategy = strategies[name](input);
      for (let next = strategy.ask(); next !== null; next = strategy.ask()) strategy.tell(next.run, lookUp(next.run));
      const answer = strategy.answer();
      expect(answer).toMatchObject({ status: "optimal" });
      if (answer.status === "optimal") expect(answer.value).toBeLessThan(1.02 * optimum);
    }
  });

  test("answers only what was measured, even when the model promises the impossible", () => {
    const dreamer: Learn = () => () => ({ timeSeconds: 1e-6, powerWatts: 1 });
    const { strategy, reasons } = play(name, training, dreamer);
    expect(reasons).toContain("predicted to be best");
    const answer = strategy.answer();
    expect(answer.status).toBe("optimal");
    if (answer.status !== "optimal" || answer.choice.kind !== "training") throw new Error("no choice");
    const { mode, seconds, watts } = answer.choice;
    expect(tables.training.get("resnet18")).toContainEqual({ mode, seconds, watts });
    expect(watts).toBeLessThanOrEqual(24);
  });

  test("steps to the next predicted when the pick breaks the budget, and stops when nothing better is predicted", () => {
    const pessimist: Learn = () => () => ({ timeSeconds: 1e6, powerWatts: 1 });
    const { strategy, reasons } = play(name, training, pessimist);
    expect(reasons).not.toContain("predicted to be best");
    expect(strategy.modesMeasured()).toBe(sample);
    const hot = ({ mode }: ModeRun): RunOutcome => ({ timeSeconds: 1 + mode, powerWatts: 99 });
    const cold: Learn = () => (x) => ({ timeSeconds: 1, powerWatts: x[2]! / 1e9 });
    const missed = play(name, training, cold, hot);
    expect(missed.reasons.filter((reason) => reason === "predicted to be best").length).toBe(15 - sample);
    expect(missed.strategy.answer().status).toBe("infeasible");
  });

  test("searches concurrent training and inference under an average budget, idle power learnt too", () => {
    const { strategy } = play(name, concurrent, logLinear);
    const answer = strategy.answer();
    expect(answer.status).toBe("optimal");
    expect(strategy.observations().some(({ run }) => run.workload === null)).toBe(true);
    expect(strategy.modesMeasured()).toBeLessThanOrEqual(15);
  });

  test("refuses to start without a model", () => {
    const input = { grid: grid441, problem: training, probes: 15, random: seededRandom(1) };
    expect(() => strategies[name](input)).toThrow(/has no model to learn with; give it one/);
  });
});
