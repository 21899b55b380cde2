import { normalQuantile, sobol } from "@partitune/numerics";
import type { Fraction } from "@partitune/schema";
import { type Belief, believedCost, type MeasuredCost } from "./believedCost.ts";
import { budgetUse, type SingleChoice, type SingleProblem } from "./budgetUse.ts";
import { type ChoiceRun, type CostRow, choiceRuns, measuredValues, toCosts } from "./choiceRuns.ts";
import type { MeasurementNoise } from "./measurementNoise.ts";
import type { ProblemTables } from "./problems/answerProblem.ts";
import { within } from "./problems/within.ts";
import { geometryOf } from "./strategies/gridGeometry.ts";
import type { ModeGrid } from "./strategies/strategy.ts";

/** A problem, and what was measured for it. */
export interface HoldingInput {
  readonly problem: SingleProblem;
  /** Measured rows, with the number of repeats each is the median of, by default 1. */
  readonly tables: ProblemTables;
  readonly noise: MeasurementNoise;
  /** Where the modes lie: with it, what other modes measured tells how lucky the measurements of a choice were. */
  readonly grid?: ModeGrid;
}

/** Judges how likely choices are to hold, and keeps what it has found out about modes. */
export interface HoldingJudge {
  /** As {@link holdingProbability}. */
  probabilityOf(choice: SingleChoice): Fraction;
  /** Quicker and rougher: by the measurements of the choice alone, without stray times. */
  roughly(choice: SingleChoice): Fraction;
}

/** One measured quantity that a choice rests on. */
interface Quantity {
  readonly isTime: boolean;
  readonly belief: Belief;
  /** Relative standard deviation of a fresh measurement around the truth. */
  readonly noise: number;
}

/** Powers of two, for which Sobol points are most even; with 1024 errors are below 0.001. */
const draws = 1024;
const roughDraws = 64;

/**
 * The probability that a fresh measurement of a choice, run as chosen, keeps every budget: power, latency and load.
 *
 * What is believed of each true cost comes from its measurement and, given the grid, from those of other modes (see believedCost); a
 * fresh measurement scatters around that by the noise, and a time may be stray. Costs of different runs are independent; budgets that
 * rest on the same times break together, as whole measurements are drawn. The draws are fixed, so the same input gives the same answer.
 *
 * @throws InputError when the tables lack a row of the choice
 */
export function holdingProbability({ choice, ...input }: HoldingInput & { readonly choice: SingleChoice }): Fraction {
  return holdingJudge(input).probabilityOf(choice);
}

/** {@link holdingProbability} of many choices of one problem. */
export function holdingJudge({ problem, tables, noise, grid }: HoldingInput): HoldingJudge {
  const positions = grid && positionsOf(grid);
  const beliefs = { seconds: new Map<CostRow, Belief>(), watts: new Map<CostRow, Belief>() };
  const believe = ({ own, others }: ChoiceRun, quantity: "seconds" | "watts") => {
    let belief = beliefs[quantity].get(own);
    if (belief === undefined) {
      belief = beliefOf(own, others, quantity, noise, positions);
      beliefs[quantity].set(own, belief);
    }
    return belief;
  };
  const alone = ({ own }: ChoiceRun, quantity: "seconds" | "watts") => beliefOf(own, [], quantity, noise, undefined);
  const prepare = (choice: SingleChoice, beliefIn: typeof believe) => {
    const runs = choiceRuns(problem, choice, tables);
    const use = budgetUse(problem, choice, toCosts(runs, measuredValues(runs)));
    const quantities = runs.flatMap((run): Quantity[] => {
      const power = { isTime: false, noise: noise.power, belief: beliefIn(run, "watts") };
      return run.role === "idle"
        ? [power]
        : [{ isTime: true, noise: noise.time, belief: beliefIn(run, "seconds") }, power];
    });
    return { quantities, keeps: (values: readonly number[]) => within(use(toCosts(runs, values)), 1) };
  };
  return {
    probabilityOf: (choice) => {
      const { quantities, keeps } = prepare(choice, believe);
      return withStrays(quantities, noise, (stray) => shareKept(draws, quantities, keeps, stray, noise.strayExcess));
    },
    roughly: (choice) => {
      const { quantities, keeps } = prepare(choice, alone);
      return shareKept(roughDraws, quantities, keeps, null, 0);
    },
  };
}

function beliefOf(
  own: CostRow,
  others: readonly CostRow[],
  quantity: "seconds" | "watts",
  noise: MeasurementNoise,
  positions: ReadonlyMap<string, readonly number[]> | undefined,
): Belief {
  const toMeasured = (row: CostRow): MeasuredCost => ({
    point: positions?.get(row.mode) ?? [],
    logCost: Math.log(row[quantity]!),
    repeats: row.repeats ?? 1,
  });
  const located = positions?.has(own.mode) === true ? others.filter(({ mode }) => positions.has(mode)) : [];
  return believedCost(toMeasured(own), located.map(toMeasured), quantity === "seconds" ? noise.time : noise.power);
}

const positionsByGrid = new WeakMap<ModeGrid, ReadonlyMap<string, readonly number[]>>();

function positionsOf(grid: ModeGrid): ReadonlyMap<string, readonly number[]> {
  let positions = positionsByGrid.get(grid);
  if (positions === undefined) {
    const { points } = geometryOf(grid);
    positions = new Map(grid.names.map((name, i) => [name, points[i]!]));
    positionsByGrid.set(grid, positions);
  }
  return positions;
}

/** Mixes the cases of no stray time and of one, in each of the times; two at once are too rare to count. */
function withStrays(
  quantities: readonly Quantity[],
  { strays }: MeasurementNoise,
  share: (stray: number | null) => Fraction,
): Fraction {
  const times = quantities.flatMap(({ isTime }, i) => (isTime ? [i] : []));
  const one = strays * (1 - strays) ** Math.max(0, times.length - 1);
  return times.reduce((sum, i) => sum + one * share(i), (1 - times.length * one) * share(null));
}

/** Part of the fresh measurements that keep the budgets. */
function shareKept(
  count: number,
  quantities: readonly Quantity[],
  keeps: (values: readonly number[]) => boolean,
  stray: number | null,
  strayExcess: number,
): Fraction {
  const { normals, uniforms } = pointsOf(count, quantities.length);
  const values = quantities.map(() => 0);
  const scatter = quantities.map(({ belief, noise }) => Math.sqrt(belief.variance + noise ** 2));
  let kept = 0;
  for (let draw = 0; draw < count; draw++) {
    for (let i = 0; i < values.length; i++) {
      values[i] = Math.exp(quantities[i]!.belief.mean + scatter[i]! * normals[draw * values.length + i]!);
    }
    if (stray !== null) values[stray]! *= 1 + strayExcess * uniforms[draw]!;
    if (keeps(values)) kept++;
  }
  return kept / count;
}

interface DrawnPoints {
  /** Draws × quantities. */
  readonly normals: Float64Array;
  readonly uniforms: Float64Array;
}

const drawn = new Map<string, DrawnPoints>();

/** Evenly spread standard normal numbers, and one uniform number per draw. */
function pointsOf(count: number, quantities: number): DrawnPoints {
  const key = `${count} ${quantities}`;
  let points = drawn.get(key);
  if (points === undefined) {
    const sequence = sobol(count, quantities + 1).map((value) => value + 0.5 / count);
    const uniforms = new Float64Array(count);
    const normals = new Float64Array(count * quantities);
    for (let draw = 0; draw < count; draw++) {
      const row = draw * (quantities + 1);
      uniforms[draw] = sequence[row + quantities]!;
      for (let i = 0; i < quantities; i++) normals[draw * quantities + i] = normalQuantile(sequence[row + i]!);
    }
    points = { normals, uniforms };
    drawn.set(key, points);
  }
  return points;
}
