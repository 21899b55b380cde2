import type { Highs, Model } from "highs";
import { loadHighs } from "../methods/loadHighs.ts";
import { assemble, coverIn, type PatternUse } from "./assemble.ts";
import { type Choices, findUnservable, toChoices } from "./choices.ts";
import { type Cover, cheapestCover } from "./covers.ts";
import { relaxationBound, wholeCards } from "./gpuBounds.ts";
import { kaistLayout } from "./kaist.ts";
import type { Layout, Packing } from "./layout.ts";
import { type Column, solveLinear, toModelData, toSparse } from "./linearModel.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { parvagpuLayout } from "./parvagpu.ts";
import { rateTolerance } from "./rateTolerance.ts";

/** When the search for whole numbers gives up. */
export interface ExactOptions {
  /** Seconds that each mixed-integer model may take, by default 20. */
  readonly timeLimitSeconds?: number;
}

/** An answer with the number of cards that no layout under the rule goes below. */
export type BoundedPacking =
  | (Extract<Packing, { status: "packed" }> & {
      /** Lower bound on the cards, not rounded; any layout uses at least its ceiling. */
      readonly bound: number;
      /** Whether the layout uses no more cards than the bound requires. */
      readonly proved: boolean;
    })
  | Extract<Packing, { status: "unservable" }>;

const reducedCostTolerance = 1e-7;
const mostRounds = 200;
/** Columns that one mixed-integer model may have. */
const mostColumns = 3000;

/**
 * Fewest cards for many services. Two families of columns are generated as they pay: covers (pieces that answer one service) and patterns
 * (cuts of one card); their prices meet in one row per piece type. The prices bound every layout from below (Lagrange); the columns are then
 * combined in whole numbers, first for the services that the prices left undecided, then, if small enough, for all.
 *
 * Under a rule that covers sharing, the bound is that of the relaxation and layouts with turns come from `kaist` only.
 *
 * @see Gilmore and Gomory, Operations Research 9 (1961), for generating cuts; the covers are ours
 */
export async function columnGeneration(problem: PackingProblem, options: ExactOptions = {}): Promise<BoundedPacking> {
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  return lost.length > 0 ? { status: "unservable", services: lost } : packChoices(choices, options);
}

/** {@link columnGeneration} on choices that serve everyone. */
export async function packChoices(
  choices: Choices,
  { timeLimitSeconds = 20 }: ExactOptions = {},
): Promise<Extract<BoundedPacking, { status: "packed" }>> {
  const highs = await loadHighs();
  const layouts = [kaistLayout(choices), parvagpuLayout(choices)];
  if (choices.services.length === 0) return conclude(layouts, 0);
  const { columns, values, bound: coverBound } = generate(highs, choices, layouts);
  const bound = choices.rule.turnResponse === null ? coverBound : relaxationBound(highs, choices);
  const target = wholeCards(bound);
  const undecided = choices.services.map((_, i) =>
    columns.every((column, c) => column.kind === "pattern" || column.service !== i || values[c]! < 1 - 1e-6),
  );
  for (const free of [undecided, choices.services.map(() => true)]) {
    if (Math.min(...layouts.map(({ gpus }) => gpus.length)) <= target) break;
    const layout = combine(highs, choices, columns, values, free, timeLimitSeconds);
    if (layout !== null) layouts.push(layout);
  }
  return conclude(layouts, bound);
}

/** The layout with fewest cards, the first of equals, and whether the bound proves it. */
export function conclude(layouts: readonly Layout[], bound: number): Extract<BoundedPacking, { status: "packed" }> {
  const layout = layouts.reduce((best, each) => (each.gpus.length < best.gpus.length ? each : best));
  return { status: "packed", layout, bound, proved: layout.gpus.length <= wholeCards(bound) };
}

export type Generated =
  | { readonly kind: "cover"; readonly service: number; readonly cover: Cover }
  | { readonly kind: "pattern"; readonly pattern: readonly number[] };

interface Master {
  readonly columns: readonly Generated[];
  readonly values: Float64Array;
  readonly bound: number;
}

/** The bound of the relaxation over all covers and patterns; valid under rules that do not cover sharing. */
export function coverBound(highs: Highs, choices: Choices): number {
  return generate(highs, choices, []).bound;
}

/** Solves the relaxation over all covers and patterns. Rows: one per piece type, then one per service. */
function generate(highs: Highs, choices: Choices, layouts: readonly Layout[]): Master {
  const columns: Generated[] = [...firstPatterns(choices), ...firstCovers(choices, layouts)];
  const types = choices.problem.card.pieces.length;
  const rowBounds = [...Array.from({ length: types }, () => 0), ...choices.services.map(() => 1)];
  const model = { columns: columns.map((each) => toColumn(choices, each, false)), rowBounds };
  return highs.withModel(toModelData(highs, model), (native): Master => {
    native.options.set({ output_flag: false });
    let bound = 0;
    for (let round = 0; ; round += 1) {
      native.run();
      const { colValue, rowDual } = native.getSolution();
      const priced = price(choices, rowDual);
      bound = Math.max(bound, priced.bound);
      const settled = wholeCards(bound) >= wholeCards(Number(native.info.get("objective_function_value")));
      if (priced.columns.length === 0 || round === mostRounds || settled) return { columns, values: colValue, bound };
      add(choices, native, priced.columns, rowBounds.length);
      columns.push(...priced.columns);
    }
  });
}

/** Columns that lower the cost at these prices, and the bound that the prices prove. */
function price(choices: Choices, duals: Float64Array): { columns: readonly Generated[]; bound: number } {
  const { card } = choices.problem;
  const prices = card.pieces.map((_, t) => Math.max(0, duals[t]!));
  const pattern = card.bestPattern(prices);
  const worth = Math.max(
    1,
    pattern.reduce((sum, count, t) => sum + count * prices[t]!, 0),
  );
  const columns: Generated[] = worth > 1 + reducedCostTolerance ? [{ kind: "pattern", pattern }] : [];
  let total = 0;
  for (const [service, { best, need }] of choices.services.entries()) {
    const own = best.map(({ index }) => prices[index]!);
    const { cover, cost, bound } = cheapestCover(best, need, own);
    total += bound;
    if (cost < duals[card.pieces.length + service]! - reducedCostTolerance)
      columns.push({ kind: "cover", service, cover });
  }
  return { columns, bound: total / worth };
}

function add(choices: Choices, native: Model, generated: readonly Generated[], numRows: number): void {
  const columns = generated.map((each) => toColumn(choices, each, false));
  native.addCols({
    cost: Float64Array.from(columns, ({ cost }) => cost),
    lower: new Float64Array(columns.length),
    upper: new Float64Array(columns.length).fill(1e30),
    matrix: { format: "csc", ...toSparse(columns, numRows) },
  });
}

export function toColumn(choices: Choices, generated: Generated, whole: boolean): Column {
  const types = choices.problem.card.pieces.length;
  const nonZero = (entries: readonly (readonly [number, number])[]) => entries.filter(([, value]) => value !== 0);
  if (generated.kind === "pattern") return { cost: 1, whole, entries: nonZero([...generated.pattern.entries()]) };
  const { best } = choices.services[generated.service]!;
  const pieces = generated.cover.map((count, k) => [best[k]!.index, -count] as const);
  return { cost: 0, whole, entries: [...nonZero(pieces), [types + generated.service, 1]] };
}

/** Every pattern when they are listed, else cards cut into pieces of one type. */
function firstPatterns({ problem: { card } }: Choices): readonly Generated[] {
  const single = (type: number) => card.bestPattern(card.pieces.map((_, t) => (t === type ? 1 : 0)));
  const patterns = card.patterns ?? card.pieces.map((_, type) => single(type));
  return patterns.map((pattern) => ({ kind: "pattern", pattern }));
}

/** Covers by pieces of one type, and those of the layouts known. */
function firstCovers({ services }: Choices, layouts: readonly Layout[]): readonly Generated[] {
  return services.flatMap(({ service, best, need }, i) => {
    const single = best.map(({ safeRate }, k) =>
      best.map((_, other) => (other === k ? Math.ceil((need * (1 - rateTolerance)) / safeRate) : 0)),
    );
    const known = layouts.flatMap((layout) => coverIn(layout, service.name, best) ?? []);
    const isCover = (cover: Cover) =>
      cover.reduce((sum, n, k) => sum + n * best[k]!.safeRate, 0) >= need * (1 - rateTolerance);
    const all = [...single, known].filter((cover) => cover.length === best.length && isCover(cover));
    return all.map((cover) => ({ kind: "cover" as const, service: i, cover }));
  });
}

/** Whole numbers of the columns; services that are not free keep the cover that the relaxation chose. */
function combine(
  highs: Highs,
  choices: Choices,
  columns: readonly Generated[],
  values: Float64Array,
  free: readonly boolean[],
  timeLimitSeconds: number,
): Layout | null {
  const kept = columns.filter((each, c) => each.kind === "pattern" || free[each.service] || values[c]! >= 1 - 1e-6);
  if (kept.length > mostColumns && free.every((each) => each)) return null;
  const types = choices.problem.card.pieces.length;
  const rowBounds = [...Array.from({ length: types }, () => 0), ...choices.services.map(() => 1)];
  const model = { columns: kept.map((each) => toColumn(choices, each, true)), rowBounds };
  const answer = solveLinear(highs, model, timeLimitSeconds);
  return answer.values === null ? null : toAssembly(choices, kept, answer.values);
}

/** The layout of whole-numbered columns. */
export function toAssembly(choices: Choices, columns: readonly Generated[], values: Float64Array): Layout {
  const covers = choices.services.map(({ best }): Cover => best.map(() => 0));
  const uses: PatternUse[] = [];
  for (const [c, column] of columns.entries()) {
    const times = Math.round(values[c]!);
    if (times === 0) continue;
    if (column.kind === "pattern") uses.push({ pattern: column.pattern, cards: times });
    else covers[column.service] = column.cover;
  }
  return assemble(choices, covers, uses);
}
