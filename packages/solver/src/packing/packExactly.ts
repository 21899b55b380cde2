import type { Highs } from "highs";
import { loadHighs } from "../methods/loadHighs.ts";
import { type Choices, findUnservable, toChoices } from "./choices.ts";
import {
  type BoundedPacking,
  conclude,
  type ExactOptions,
  type Generated,
  toAssembly,
  toColumn,
} from "./columnGeneration.ts";
import { minimalCovers } from "./covers.ts";
import { kaistLayout } from "./kaist.ts";
import type { Layout } from "./layout.ts";
import { solveLinear } from "./linearModel.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { parvagpuLayout } from "./parvagpu.ts";
import { solveShared } from "./solveShared.ts";
import { mostColumns, tooLarge } from "./tooLarge.ts";

export interface MilpOptions extends ExactOptions {
  /** Services that may take turns on one piece, by default 2. */
  readonly mostTenants?: number;
}

/**
 * Fewest cards, exactly: every minimal cover of every service and every pattern of the card in one mixed-integer model. Under a rule that
 * covers sharing, every way for up to `mostTenants` services to take turns on a piece is added (see {@link solveShared}), and the bound holds
 * for layouts with no more tenants per piece.
 *
 * The bound is that of the search tree, and equals the answer when the tree was closed in time.
 *
 * @throws InputError when the model would have more columns than can be listed: use `column-generation`
 */
export async function packExactly(
  problem: PackingProblem,
  { timeLimitSeconds = 60, mostTenants = 2 }: MilpOptions = {},
): Promise<BoundedPacking> {
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const layouts = [kaistLayout(choices, { mostTenants }), parvagpuLayout(choices)];
  if (choices.services.length === 0) return conclude(layouts, 0);
  const highs = await loadHighs();
  const { layout, bound } =
    choices.rule.turnResponse === null
      ? solveCovers(highs, choices, timeLimitSeconds)
      : solveShared(highs, choices, mostTenants, timeLimitSeconds);
  return conclude(layout === null ? layouts : [layout, ...layouts], bound);
}

function solveCovers(
  highs: Highs,
  choices: Choices,
  timeLimitSeconds: number,
): { layout: Layout | null; bound: number } {
  const columns = allColumns(choices);
  const types = choices.problem.card.pieces.length;
  const rowBounds = [...Array.from({ length: types }, () => 0), ...choices.services.map(() => 1)];
  const model = { columns: columns.map((each) => toColumn(choices, each, true)), rowBounds };
  const { values, bound } = solveLinear(highs, model, timeLimitSeconds);
  return { layout: values && toAssembly(choices, columns, values), bound: Math.max(0, bound) };
}

function allColumns(choices: Choices): readonly Generated[] {
  const columns: Generated[] = (choices.problem.card.patterns ?? []).map((pattern) => ({ kind: "pattern", pattern }));
  if (columns.length === 0) throw tooLarge();
  for (const [service, { best, need }] of choices.services.entries()) {
    const covers = minimalCovers(best, need, mostColumns - columns.length);
    if (covers === null) throw tooLarge();
    columns.push(...covers.map((cover) => ({ kind: "cover" as const, service, cover })));
  }
  return columns;
}
