import type { Highs } from "highs";
import { fillPatterns, type Part, type PatternUse, repeat } from "./assemble.ts";
import type { Choices } from "./choices.ts";
import { toLayout } from "./fleet.ts";
import { relaxationBound } from "./gpuBounds.ts";
import type { Layout } from "./layout.ts";
import { type Column, solveLinear } from "./linearModel.ts";
import { fullLoad } from "./saturate.ts";
import { mostColumns, tooLarge } from "./tooLarge.ts";
import { turnColumns } from "./turnColumns.ts";

/**
 * Fewest cards when services may take turns: whole numbers of patterns, of pieces with one service, and of pieces that several share.
 * Rows: pieces of each type that the patterns offer, then each service's rate.
 *
 * @throws InputError when there are more columns than can be listed
 */
export function solveShared(
  highs: Highs,
  choices: Choices,
  mostTenants: number,
  timeLimitSeconds: number,
): { layout: Layout | null; bound: number } {
  const { card } = choices.problem;
  const shared = turnColumns(choices, mostTenants);
  if (card.patterns === null || shared.length > mostColumns) throw tooLarge();
  const { patterns } = card;
  const types = card.pieces.length;
  const alone = choices.services.flatMap((own, i) => own.best.map((choice) => ({ own, choice, i })));
  const columns: Column[] = [
    ...patterns.map((pattern) =>
      whole(
        1,
        [...pattern.entries()].filter(([, count]) => count > 0),
      ),
    ),
    ...alone.map(({ choice, i }) =>
      whole(0, [
        [choice.index, -1],
        [types + i, choice.safeRate],
      ]),
    ),
    ...shared.map(({ index, services, tenants }) =>
      whole(0, [[index, -1], ...services.map((i, k) => [types + i, tenants[k]!.ratePerSecond] as const)]),
    ),
  ];
  const rowBounds = [...card.pieces.map(() => 0), ...choices.services.map(({ need }) => need)];
  const { values, bound } = solveLinear(highs, { columns, rowBounds }, timeLimitSeconds);
  const least = Math.max(bound, relaxationBound(highs, choices));
  if (values === null) return { layout: null, bound: least };
  const times = Array.from(values, Math.round);
  const uses = patterns.map((pattern, k): PatternUse => ({ pattern, cards: times[k]! }));
  const parts: Part[] = [
    ...alone.flatMap(({ own, choice }, k) =>
      repeat({ piece: choice.piece, load: fullLoad(choice, own) }, times[patterns.length + k]!),
    ),
    ...shared.flatMap(({ index, tenants }, k) =>
      repeat(
        { piece: card.pieces[index]!.name, load: { tenants, demands: [] } },
        times[patterns.length + alone.length + k]!,
      ),
    ),
  ];
  return { layout: toLayout(card, fillPatterns(choices, parts, uses)), bound: least };
}

function whole(cost: number, entries: Column["entries"]): Column {
  return { cost, whole: true, entries };
}
