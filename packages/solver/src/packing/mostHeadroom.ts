import { InputError } from "@partitune/schema";
import { loadHighs } from "../methods/loadHighs.ts";
import { fillPatterns, type PatternUse, repeat } from "./assemble.ts";
import { type Choices, findUnservable, toChoices } from "./choices.ts";
import { fillRoom } from "./fillRoom.ts";
import { toLayout } from "./fleet.ts";
import type { Layout, Unservable } from "./layout.ts";
import { type Column, solveLinear } from "./linearModel.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { fullLoad } from "./saturate.ts";
import { tooLarge } from "./tooLarge.ts";

/** The layout on so many cards in which the service with least to spare has most. */
export type HeadroomPacking =
  | {
      readonly status: "packed";
      readonly layout: Layout;
      /** The least capacity over need of any service. */
      readonly factor: number;
      /** No layout without turns reaches more. */
      readonly bound: number;
    }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] }
  /** No layout was found in time that gives everybody anything. */
  | { readonly status: "unknown" };

export interface HeadroomOptions {
  /** By default 20. */
  readonly timeLimitSeconds?: number;
  /** Relative gap at which the search may stop, by default 0.1 %. */
  readonly relativeGap?: number;
}

/**
 * The layout of most headroom on a number of cards: the least of capacity over need, over the services, is as great as can be; what room then
 * remains goes to whoever has least to spare. One mixed-integer model: cards by pattern, pieces by service, and the factor that all reach.
 * Services do not take turns.
 *
 * @throws InputError when the number of cards is not whole and at least 1, or the card has too many patterns to list
 */
export async function mostHeadroom(
  problem: PackingProblem,
  gpus: number,
  { timeLimitSeconds = 20, relativeGap = 1e-3 }: HeadroomOptions = {},
): Promise<HeadroomPacking> {
  if (!Number.isInteger(gpus) || gpus < 1)
    throw new InputError({ what: `${gpus} GPUs`, problem: "are no fleet", advice: "give a whole number, at least 1" });
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const { patterns } = problem.card;
  if (patterns === null) throw tooLarge();
  const options = choices.services.flatMap((own, i) => own.best.map((choice) => ({ own, choice, i })));
  const highs = await loadHighs();
  const model = toModel(choices, patterns, gpus);
  const { values, bound } = solveLinear(highs, model, timeLimitSeconds, relativeGap);
  if (values === null) return { status: "unknown" };
  const uses = patterns.map((pattern, k): PatternUse => ({ pattern, cards: Math.round(values[k]!) }));
  const parts = options.flatMap(({ own, choice }, k) =>
    repeat({ piece: choice.piece, load: fullLoad(choice, own) }, Math.round(values[patterns.length + k]!)),
  );
  const layout = toLayout(problem.card, fillPatterns(choices, parts, uses));
  if (layout.gpus.length > gpus) return { status: "unknown" };
  const filled = fillRoom(choices, layout, gpus);
  const factor = leastRatio(choices, filled);
  return factor === 0
    ? { status: "unknown" }
    : { status: "packed", layout: filled, factor, bound: Math.max(factor, -bound) };
}

/** Columns: cards by pattern, pieces by choice, the factor. Rows: pieces of each type, what everyone answers, the number of cards. */
function toModel({ services, problem: { card } }: Choices, patterns: readonly (readonly number[])[], gpus: number) {
  const types = card.pieces.length;
  const cards = types + services.length;
  const columns: Column[] = [
    ...patterns.map((pattern) => ({
      cost: 0,
      whole: true,
      entries: [...[...pattern.entries()].filter(([, count]) => count > 0), [cards, -1] as const],
    })),
    ...services.flatMap(({ best }, i) =>
      best.map(({ index, safeRate }) => ({
        cost: 0,
        whole: true,
        entries: [[index, -1] as const, [types + i, safeRate] as const],
      })),
    ),
    { cost: -1, whole: false, entries: services.map(({ need }, i) => [types + i, -need] as const) },
  ];
  const rowBounds = [...card.pieces.map(() => 0), ...services.map(() => 0), -gpus];
  return { columns, rowBounds };
}

function leastRatio({ services }: Choices, { gpus }: Layout): number {
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const ratios = services.map(({ service, need }) => {
    const own = tenants.filter((tenant) => tenant.service === service.name);
    return own.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0) / need;
  });
  return Math.min(...ratios);
}
