import { seededRandom } from "@partitune/numerics";
import { type ModeProblem, modeSearch } from "@partitune/schema";
import {
  type RunOutcome,
  type SingleProblem,
  search,
  strategies,
  tablesOf,
  toModeChoice,
  toModeGrid,
  toModeSearch,
} from "@partitune/solver";
import { expect, test } from "vitest";
import { deviceOf, made } from "./fixtures/modeProfile.ts";

const device = deviceOf([1, 2, 3, 4].map((level) => ({ name: `${level} GHz`, gpuHertz: level * 1e9 })));
const holds = { probability: 0.99, margin: 0, noise: 0.008, repeats: 0 };

async function record(problem: SingleProblem, measure: (mode: number, workload: string | null) => RunOutcome) {
  const grid = toModeGrid(device, problem as ModeProblem);
  const strategy = strategies.exhaustive({ grid, problem, probes: 8, random: seededRandom(1) });
  const result = await search(strategy, ({ mode, workload }) => measure(mode, workload));
  const file = toModeSearch({
    problem,
    grid,
    result,
    tables: tablesOf({ observations: strategy.observations() }, grid),
    strategy: "exhaustive",
    highestProbes: 8,
    modesMeasured: strategy.modesMeasured(),
    margin: 0,
    device,
    baseline: null,
    holds,
    made,
    synthetic: false,
  });
  expect(modeSearch.parse(file)).toEqual(file);
  return { file, answer: result.answer };
}

const training: SingleProblem = { kind: "training", training: "net", objective: "time", budgetWatts: 22 };

test("a search that found something is recorded with its probes, choice and front", async () => {
  const { file, answer } = await record(training, (mode) =>
    mode === 1 ? { failed: "no such clock" } : { timeSeconds: 1 / (mode + 1), powerWatts: 5 * (mode + 1) },
  );
  expect(file).toMatchObject({
    status: "feasible",
    nearest: null,
    reasons: [],
    holds,
    modesMeasured: 3,
    synthetic: true,
  });
  if (answer.status !== "optimal" || answer.choice.kind === "rate-schedule") throw new Error("nothing found");
  expect(file.choice).toEqual(toModeChoice(training, answer.choice));
  expect(file.probes.map(({ powerMode, outcome }) => [powerMode, outcome.kind])).toEqual([
    ["1 GHz", "measured"],
    ["2 GHz", "failed"],
    ["3 GHz", "measured"],
    ["4 GHz", "measured"],
  ]);
  expect(file.front.map(({ powerMode, watts }) => [powerMode, watts])).toEqual([
    ["1 GHz", 5],
    ["3 GHz", 15],
    ["4 GHz", 20],
  ]);
});

test("a search that found nothing names the nearest choice and what it misses, and claims no holding", async () => {
  const { file } = await record({ ...training, budgetWatts: 8 }, (mode) => ({ timeSeconds: 1, powerWatts: 10 + mode }));
  expect(file).toMatchObject({
    status: "infeasible",
    choice: null,
    nearest: { powerMode: "1 GHz", watts: 10 },
    holds: null,
  });
  expect(file.reasons).toMatchObject([{ constraint: "power", missing: 0.25 }]);
});

test("times of samples are recorded as those of minibatches, with their batch", async () => {
  const problem: SingleProblem = { ...training, batches: [16, 32] };
  const { file } = await record(problem, (row) => ({ timeSeconds: 0.01, powerWatts: 10 + row }));
  expect(file.probes[0]).toMatchObject({ powerMode: "1 GHz", batch: 16, outcome: { kind: "measured", seconds: 0.16 } });
  expect(file.probes.at(-1)).toMatchObject({
    powerMode: "4 GHz",
    batch: 32,
    outcome: { kind: "measured", seconds: 0.32 },
  });
  expect(file.objective.name).toBe("sample time");
});

test("idle power is a probe of no workload, and no requests are answered so", async () => {
  const inference = { workload: "cam", batches: [1], ratePerSecond: 5, latencySeconds: 1 };
  const problem: SingleProblem = {
    kind: "inference",
    inference,
    dispatchers: ["windowed"],
    objective: "power",
    budget: { kind: "average", watts: 12 },
  };
  const measure = (_: number, workload: string | null): RunOutcome =>
    workload === null ? { powerWatts: 4 } : { timeSeconds: 0.05, powerWatts: 20 };
  const { file } = await record(problem, measure);
  expect(file.probes.some(({ workload, outcome }) => workload === null && outcome.kind === "idle")).toBe(true);
  const silent = await record({ ...problem, inference: { ...inference, ratePerSecond: 0 } }, measure);
  expect(silent.file).toMatchObject({ choice: null, reasons: [{ constraint: "rate" }], probes: [] });
});
