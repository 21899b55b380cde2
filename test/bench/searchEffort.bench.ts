import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hashSeed, seededRandom } from "@partitune/numerics";
import { type StrategyName, strategies } from "@partitune/solver";
import type { BenchRow } from "./benchRow.ts";
import { boardProblems, type TrainingSearch, zeusFile, zeusProblems } from "./trainingProblems.ts";

/** The same problems, searched once per seed. */
interface Suite {
  readonly label: string;
  readonly ours: readonly StrategyName[];
  /** Which of ours should need at most half the probes of any other. */
  readonly champion: StrategyName;
  readonly seeds: readonly (readonly TrainingSearch[])[];
}

const probeCounts = [11, 15];
/** Most probes per search: enough to see who needs twice as many as ours, and more for those that cost next to nothing. */
const rivals = { "gp-ei": 32, bayesian: 32, tpe: 60, nsga2: 60, random: 60 } as const satisfies Partial<
  Record<StrategyName, number>
>;
const budgets = [12, 18, 26, 36];
const repeats = [0, 1, 2];
/** Of the many budgets of each measured table, one in so many. */
const zeusStep = 6;
const percents = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });

/**
 * How many probes other searches need for the mean loss of time that ours reach with 11 and 15, on the same tables: the fastest mode of a
 * training within a power budget, on three synthetic boards (five workloads, four budgets) and the measured tables of Zeus where present.
 * A search without a mode within the budget counts as a loss of 100 %. Per seed the mean over all problems; of three seeds the median.
 */
export async function bench(): Promise<BenchRow[]> {
  return suites().flatMap((suite) => {
    const ours = suite.ours.map((name) => ({ name, curves: curvesOf(name, Math.max(...probeCounts), suite) }));
    const others = Object.entries(rivals).map(([name, most]) => ({
      name,
      curves: curvesOf(name as StrategyName, most, suite),
    }));
    return ours.flatMap((our) => others.map((other) => effortRow(suite, our, other)));
  });
}

function suites(): readonly Suite[] {
  const boards = (["A", "B", "C"] as const).map((board): Suite => {
    const seeds = repeats.map((repeat) => boardProblems(board, budgets, [repeat]));
    return { label: `synthetic board ${board}`, ours: ["roofline", "gmd"], champion: "roofline", seeds };
  });
  const cards = ["a40", "v100"].flatMap((card): Suite[] => {
    const file = zeusFile(card);
    if (!existsSync(file)) {
      process.stderr.write(`searchEffort: skipped ${card}, as ${file} is absent\n`);
      return [];
    }
    const problems = zeusProblems(file).filter((_, i) => i % zeusStep === 0);
    return [{ label: `Zeus ${card}`, ours: ["gmd"], champion: "gmd", seeds: repeats.map(() => problems) }];
  });
  return [...boards, ...cards];
}

/** Mean loss after each number of probes, per seed. */
type Curves = readonly (readonly number[])[];

function curvesOf(name: StrategyName, most: number, { seeds }: Suite): Curves {
  return seeds.map((problems, seed) => {
    const losses = problems.map((problem) => lossesOf(name, most, problem, seed));
    return Array.from({ length: most }, (_, k) => losses.reduce((sum, loss) => sum + loss[k]!, 0) / losses.length);
  });
}

/** The loss after each probe; that of the last one is checked against the strategy's own answer, and none may beat brute force. */
function lossesOf(name: StrategyName, most: number, problem: TrainingSearch, seed: number): readonly number[] {
  const { grid, costs, budgetWatts, optimum } = problem;
  const strategy = strategies[name]({
    grid,
    problem: { kind: "training", training: "net", objective: "time", budgetWatts },
    probes: most,
    random: seededRandom(hashSeed(problem.name, budgetWatts, seed)),
  });
  const losses: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (let proposal = strategy.ask(); proposal !== null; proposal = strategy.ask()) {
    const { timeSeconds, powerWatts } = costs[proposal.run.mode]!;
    strategy.tell(proposal.run, { timeSeconds, powerWatts });
    if (powerWatts <= budgetWatts) best = Math.min(best, timeSeconds);
    losses.push(Math.min(1, best / optimum - 1));
  }
  const answer = strategy.answer();
  const answered = answer.status === "optimal" && answer.choice.kind === "training" ? answer.choice.seconds : Infinity;
  assert.ok(answered >= optimum && answered <= 1.006 * best, `${name} answered another mode than the best it measured`);
  return Array.from({ length: most }, (_, k) => losses[k] ?? losses.at(-1)!);
}

interface Searched {
  readonly name: string;
  readonly curves: Curves;
}

/** Probes of another search over those of ours at equal loss: the lesser ratio of those for each number of our probes. */
function effortRow({ label, champion }: Suite, our: Searched, other: Searched): BenchRow {
  const most = other.curves[0]!.length;
  const efforts = probeCounts.map((count) => {
    const needed = median(other.curves.map((curve, seed) => probesFor(our.curves[seed]![count - 1]!, curve)));
    const lossOf = ({ curves }: Searched) => percents.format(median(curves.map((curve) => curve[count - 1]!)));
    const probes = Number.isFinite(needed) ? `${needed} probes` : `more than ${most} probes`;
    const note = `${probes} for ${lossOf(our)}, which ${our.name} has after ${count} (${other.name}: ${lossOf(other)})`;
    return { ratio: Math.min(needed, most) / count, isEnough: needed >= 2 * count, note };
  });
  const isChampion = our.name === champion;
  return {
    name: `${label}: probes of ${other.name} over those of ${our.name}, at equal loss`,
    ...(isChampion && { target: "≥ 2" }),
    value: Math.min(...efforts.map(({ ratio }) => ratio)),
    unit: "times",
    met: isChampion ? efforts.every(({ isEnough }) => isEnough) : null,
    note: efforts.map(({ note }) => note).join("; "),
  };
}

function probesFor(loss: number, curve: readonly number[]): number {
  const first = curve.findIndex((reached) => reached <= loss);
  return first < 0 ? Number.POSITIVE_INFINITY : first + 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
