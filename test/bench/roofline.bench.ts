import assert from "node:assert/strict";
import { hashSeed, type Random, seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import {
  answerProblem,
  type LookUp,
  type ModeGrid,
  type ModeRun,
  type ProblemTables,
  type SearchScore,
  type Strategy,
  scoreSearch,
  strategies,
} from "@partitune/solver";
import {
  type BoardName,
  grid441,
  grid4368,
  noisyTable,
  type TrainingName,
  training,
} from "../solver/fixtures/boards.ts";
import { boardTables, inferenceNames, servedBatches } from "../solver/fixtures/boardTables.ts";
import type { BenchRow } from "./benchRow.ts";

/** What is reported of the searches of one group of problems. */
interface Outcome {
  readonly scores: readonly SearchScore[];
  /** Of all questions. */
  readonly milliseconds: number;
  readonly questions: number;
}

/** Problems drawn at random, as many of each kind and board that can be solved. */
const problemsPerBoard = 20;
const highestProbes = 15;
const latenciesSeconds = [0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1, 1.5];
const rateLevels = Array.from({ length: 18 }, (_, i) => 0.01 * 60 ** (i / 17));
const boards = ["A", "B", "C"] as const;
const trainingNames = Object.keys(training) as readonly TrainingName[];
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/** Kinds of problems, and the mean losses to reach on boards A, B and C. */
const kinds = {
  "inference, least latency": {},
  "training beside inference, reserve": { A: 0.0005, B: 0.0012, C: 0.005 },
  "training beside inference, slack": { A: 0.0006, B: 0.0048, C: 0.011 },
  "backlog beside inference, reserve": {},
  "two inferences, least urgent latency": {},
} as const satisfies Record<string, Partial<Record<BoardName, number>>>;
type Kind = keyof typeof kinds;

/**
 * `roofline` on three synthetic boards: problems of every kind but training alone, and training over the full grid of 4,368 modes. Every
 * answer is compared with the exact optimum of the same noisy table.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows = boards.map((board) => {
    const tables = [0, 1].map((repeat) => boardTables(board, grid441, repeat));
    return (Object.keys(kinds) as Kind[]).map((kind) => kindRow(kind, board, tables));
  });
  return [...rows.flat(), ...boards.map(fullGridRow)];
}

/** @param tables  of one board, one per repeat of the noise */
function kindRow(kind: Kind, board: BoardName, tables: readonly ProblemTables[]): BenchRow {
  const lookUps = tables.map((table) => lookUpOf(table, grid441));
  const random = seededRandom(hashSeed("roofline", kind, board));
  const outcome = { scores: [] as SearchScore[], milliseconds: 0, questions: 0 };
  while (outcome.scores.length < problemsPerBoard) {
    const repeat = random.integer(tables.length);
    const problem = draw(kind, random, tables[repeat]!);
    const exact = answerProblem(problem, tables[repeat]!);
    if (exact.status !== "optimal" || exact.value === 0) continue;
    const searched = strategies.roofline({
      grid: grid441,
      problem,
      probes: highestProbes,
      random: seededRandom("draws"),
    });
    const { strategy, timing } = timed(searched);
    outcome.scores.push(scoreSearch(strategy, lookUps[repeat]!, exact.value));
    outcome.milliseconds += timing.milliseconds;
    outcome.questions += timing.questions;
  }
  const targets: Partial<Record<BoardName, number>> = kinds[kind];
  return lossRow(`synthetic board ${board}, roofline, ${kind}, ≤ ${highestProbes} modes`, outcome, targets[board]);
}

function draw(kind: Kind, random: Random, tables: ProblemTables): ModeProblem {
  const [first, second] = random.shuffle([...inferenceNames]);
  const rateOf = (workload: string, level: number) => {
    const row = tables.inference.get(workload)!.findLast(({ batch }) => batch === 64)!;
    return (level * 64) / row.seconds;
  };
  const latencySeconds = latenciesSeconds[random.integer(latenciesSeconds.length)]!;
  const ratePerSecond = rateOf(first!, rateLevels[random.integer(rateLevels.length)]!);
  const served = { workload: first!, batches: servedBatches, ratePerSecond, latencySeconds };
  const budget = { kind: "peak", watts: 10 + random.integer(41) } as const;
  const trained = trainingNames[random.integer(trainingNames.length)]!;
  const turns = { dispatcher: "windowed", budget } as const;
  switch (kind) {
    case "inference, least latency":
      return { kind: "inference", inference: served, dispatchers: ["windowed"], objective: "latency", budget };
    case "training beside inference, reserve":
      return { kind: "concurrent", training: trained, inference: served, policy: "reserve", ...turns };
    case "training beside inference, slack":
      return { kind: "concurrent", training: trained, inference: served, policy: "slack", ...turns };
    case "backlog beside inference, reserve": {
      const backlog = { workload: second!, batches: servedBatches };
      return { kind: "backlogged", inference: served, backlog, policy: "reserve", ...turns };
    }
    case "two inferences, least urgent latency": {
      const patient = { ratePerSecond: rateOf(second!, 0.2), latencySeconds: 4 * latencySeconds };
      const nonUrgent = { workload: second!, batches: servedBatches, ...patient };
      return { kind: "two-inferences", urgent: served, nonUrgent, objective: "latency", budget };
    }
  }
}

/** Training alone on the full grid: five workloads, four budgets. */
function fullGridRow(board: BoardName): BenchRow {
  const outcome = { scores: [] as SearchScore[], milliseconds: 0, questions: 0 };
  for (const workload of trainingNames) {
    const costs = noisyTable(board, workload, grid4368, 0);
    for (const budgetWatts of [12, 20, 28, 36]) {
      const within = costs.filter(({ powerWatts }) => powerWatts <= budgetWatts);
      const optimum = Math.min(...within.map(({ timeSeconds }) => timeSeconds));
      if (optimum === Number.POSITIVE_INFINITY) continue;
      const problem: ModeProblem = { kind: "training", training: workload, objective: "time", budgetWatts };
      const searched = strategies.roofline({
        grid: grid4368,
        problem,
        probes: highestProbes,
        random: seededRandom("full"),
      });
      const { strategy, timing } = timed(searched);
      outcome.scores.push(scoreSearch(strategy, ({ mode }) => costs[mode]!, optimum));
      outcome.milliseconds += timing.milliseconds;
      outcome.questions += timing.questions;
    }
  }
  return lossRow(`synthetic board ${board}, roofline, training on 4,368 modes, 15 probes`, outcome, 0.003);
}

/** The same strategy, with its questions timed. */
function timed(strategy: Strategy) {
  const timing = { milliseconds: 0, questions: 0 };
  const ask = () => {
    const start = performance.now();
    const proposal = strategy.ask();
    timing.milliseconds += performance.now() - start;
    timing.questions += 1;
    return proposal;
  };
  return { strategy: { ...strategy, ask }, timing };
}

function lookUpOf({ training: trained, inference }: ProblemTables, { names }: ModeGrid): LookUp {
  const keyOf = (workload: string | null, mode: string, batch: number | null) => `${workload} ${mode} ${batch}`;
  const costs = new Map(
    [...trained, ...inference].flatMap(([workload, rows]) =>
      rows.map((row) => {
        const batch = "batch" in row && typeof row.batch === "number" ? row.batch : null;
        return [keyOf(workload, row.mode, batch), { timeSeconds: row.seconds, powerWatts: row.watts }] as const;
      }),
    ),
  );
  return ({ workload, mode, batch }: ModeRun) => costs.get(keyOf(workload, names[mode]!, batch))!;
}

/** Unsolved problems count as a loss of 100 %. */
function lossRow(name: string, { scores, milliseconds, questions }: Outcome, target: number | undefined): BenchRow {
  assert.ok(
    scores.every(({ isFalse }) => !isFalse),
    "a search beat brute force or broke a budget",
  );
  const sorted = scores.map(({ loss }) => loss ?? 1).sort((a, b) => a - b);
  const unsolved = scores.filter(({ status }) => status === "unsolved").length;
  const mean = meanOf(sorted);
  const p90 = sorted[Math.floor(0.9 * sorted.length)]!;
  const modes = meanOf(scores.map(({ modesMeasured }) => modesMeasured));
  const runs = meanOf(scores.map((score) => score.runs));
  return {
    name: `${name}: mean loss`,
    ...(target !== undefined && { target: `≤ ${percents.format(target)}, none unsolved` }),
    value: 100 * mean,
    unit: "%",
    met: target === undefined ? null : mean <= target && unsolved === 0,
    note: `of ${scores.length}: ${unsolved} unsolved; p90 ${percents.format(p90)}, most ${percents.format(sorted.at(-1)!)}; ${modes.toFixed(1)} modes and ${runs.toFixed(1)} runs; ${(milliseconds / questions).toFixed(0)} ms per question`,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
