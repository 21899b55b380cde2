import type { ServiceChoices, SizedChoice } from "./packing/choices.ts";
import type { Tenant } from "./packing/layout.ts";
import { solveLinear } from "./packing/linearModel.ts";
import { toTenant } from "./packing/takeTurns.ts";
import { findMissing, type Missing, type ReplanContext } from "./replanContext.ts";
import type { Draft, DraftPiece } from "./replanDraft.ts";
import { type Row, toLinearModel } from "./replanRows.ts";
import { type Use, usesOf } from "./replanUses.ts";

/** GPUs whose pieces may be changed; all others stay as the draft has them. */
export interface Neighbourhood {
  /** Running GPUs, then new ones, which are taken in their order. */
  readonly open: readonly string[];
  /** GPUs of the whole fleet that are to be in use at most. */
  readonly mostGpus: number;
  /** How many more may be in use; an answer is wanted only when they suffice. */
  readonly mostOver: number;
}

export interface NeighbourhoodAnswer {
  readonly draft: Draft;
  /** Whether these GPUs cannot be changed at less cost. */
  readonly proved: boolean;
}

/** A GPU beyond what is allowed costs more than any change of pieces. */
const overCost = 1e5;

/** A piece of one type for a service, from the pieces of a pool. */
interface Taker {
  readonly own: ServiceChoices;
  readonly choice: SizedChoice;
  readonly pool: string;
}

/** The variables, in their order: GPUs in use, uses, takers, GPUs beyond those allowed, ways to cut each GPU. */
interface Variables {
  readonly open: readonly string[];
  readonly uses: readonly Use[];
  readonly takers: readonly Taker[];
  readonly poolOf: (use: Pick<Use, "gpu" | "at">) => string;
}

/**
 * The cheapest change of some GPUs that covers every service: one mixed-integer model with a variable for each piece that stays (as it is, in
 * another configuration, or for another service), each that may be cut, and each that a service is given. Services are given pieces by their type,
 * wherever they are; where all pieces of a card share its memory, by type and card.
 *
 * @returns null when there is no such change, or none was found in time
 */
export function solveNeighbourhood(
  context: ReplanContext,
  draft: Draft,
  { open, mostGpus, mostOver }: Neighbourhood,
): NeighbourhoodAnswer | null {
  const opened = new Set(open);
  const fixed = [...draft].flatMap(([gpu, pieces]) => (opened.has(gpu) ? [] : [pieces]));
  const missing = findMissing(context.choices, fixed.flat());
  const variables = toVariables(context, open, missing);
  const fixedGpus = fixed.filter((pieces) => pieces.length > 0).length;
  const rows = toRows(context, variables, missing, mostGpus - fixedGpus, mostOver);
  const model = toLinearModel(toCosts(context, variables), rows);
  const { values, optimal } = solveLinear(context.highs, model, context.timeLimitSeconds);
  if (values === null) return null;
  const next = readDraft(context, variables, values);
  const merged = new Map([...draft, ...next]);
  return isLegal(context, next) ? { draft: merged, proved: optimal } : null;
}

function toVariables(context: ReplanContext, open: readonly string[], missing: readonly Missing[]): Variables {
  const { placements, choices } = context;
  const shared = choices.problem.card.memoryBytes !== null;
  const poolOf: Variables["poolOf"] = ({ gpu, at }) => {
    const { index } = placements.all[at]!;
    return shared ? JSON.stringify([gpu, index]) : String(index);
  };
  const uses = open.flatMap((gpu) => usesOf(context, gpu, missing));
  const pools = new Map(uses.flatMap((use) => (use.tenants === null ? [[poolOf(use), use.at] as const] : [])));
  const takers = [...pools].flatMap(([pool, at]) =>
    missing.flatMap(({ own }) => {
      const choice = own.best.find(({ index }) => index === placements.all[at]!.index);
      return choice === undefined ? [] : [{ own, choice, pool }];
    }),
  );
  return { open, uses, takers, poolOf };
}

function toCosts({ costs, base, placements }: ReplanContext, { open, uses, takers }: Variables): readonly Cost[] {
  const isNew = (gpu: string) => (base.get(gpu)?.pieces.length ?? 0) === 0;
  return [
    ...open.map((gpu) => ({ cost: isNew(gpu) ? costs.gpu : 0, whole: true })),
    ...uses.map(({ cost }) => ({ cost, whole: true })),
    ...takers.map(() => ({ cost: 0, whole: true })),
    { cost: overCost, whole: true },
    ...open.flatMap(() => placements.ways.map(() => ({ cost: 0, whole: true }))),
  ];
}

interface Cost {
  readonly cost: number;
  readonly whole: boolean;
}

function toRows(
  context: ReplanContext,
  variables: Variables,
  missing: readonly Missing[],
  most: number,
  mostOver: number,
): readonly Row[] {
  const { open, uses, takers } = variables;
  const useAt = (i: number) => open.length + i;
  const takerAt = (i: number) => open.length + uses.length + i;
  const over = takerAt(takers.length);
  return [
    ...missing.map((each) => coverRow(each, variables, useAt, takerAt)),
    ...oncePerPiece(uses, useAt),
    ...open.flatMap((gpu, g) => placeRows(context, variables, gpu, g, useAt)),
    ...open.flatMap((gpu, g) => wayRows(context, variables, gpu, over + 1 + g * context.placements.ways.length, useAt)),
    ...open.flatMap((gpu, g) => memoryRow(context, variables, gpu, g, useAt, takerAt)),
    ...poolRows(variables, useAt, takerAt),
    ...open.map((_, g): Row => ({ atLeast: -1, entries: [[g, -1]] })),
    ...inOrder(context, open),
    { atLeast: -mostOver, entries: [[over, -1]] },
    { atLeast: -most, entries: [[over, 1], ...open.map((_, g) => [g, -1] as const)] },
  ];
}

type Position = (i: number) => number;

function coverRow({ own, rate }: Missing, { uses, takers }: Variables, useAt: Position, takerAt: Position): Row {
  const { name } = own.service;
  const byUse = uses.flatMap(({ tenants }, i) => {
    const sum = (tenants ?? []).reduce((all, each) => all + (each.service === name ? each.ratePerSecond : 0), 0);
    return sum > 0 ? [[useAt(i), sum / rate] as const] : [];
  });
  const byTaker = takers.flatMap((taker, i) =>
    taker.own === own ? [[takerAt(i), taker.choice.safeRate / rate] as const] : [],
  );
  return { atLeast: 1 - 1e-9, entries: [...byUse, ...byTaker] };
}

function oncePerPiece(uses: readonly Use[], useAt: Position): readonly Row[] {
  const own = [...uses.keys()].filter((i) => uses[i]!.of !== undefined);
  const groups = Map.groupBy(own, (i) => uses[i]!.of!);
  return [...groups.values()].map((group) => ({ atLeast: -1, entries: group.map((i) => [useAt(i), -1] as const) }));
}

/** At most one piece of each clique, and no more compute units than the GPU has; none when it is not in use. */
function placeRows(
  { placements, choices }: ReplanContext,
  { uses }: Variables,
  gpu: string,
  inUse: number,
  useAt: Position,
): readonly Row[] {
  const own = [...uses.keys()].filter((i) => uses[i]!.gpu === gpu);
  const inside = placements.cliques.map((clique): Row => {
    const members = own.filter((i) => clique.includes(uses[i]!.at));
    return { atLeast: 0, entries: [[inUse, 1], ...members.map((i) => [useAt(i), -1] as const)] };
  });
  const { compute } = choices.problem.card;
  const units = own.map((i) => [useAt(i), -placements.all[uses[i]!.at]!.compute / compute] as const);
  return [...inside.filter(({ entries }) => entries.length > 1), { atLeast: 0, entries: [[inUse, 1], ...units] }];
}

/** Pieces of one way to cut a GPU only. */
function wayRows(
  { placements, choices }: ReplanContext,
  { uses }: Variables,
  gpu: string,
  first: number,
  useAt: Position,
): readonly Row[] {
  if (placements.ways.length === 0) return [];
  const own = [...uses.keys()].filter((i) => uses[i]!.gpu === gpu);
  const { compute } = choices.problem.card;
  const within = placements.ways.map((way, w): Row => {
    const members = own.filter((i) => way.includes(uses[i]!.at));
    const units = members.map((i) => [useAt(i), -placements.all[uses[i]!.at]!.compute / compute] as const);
    return { atLeast: 0, entries: [[first + w, 1], ...units] };
  });
  return [...within, { atLeast: -1, entries: placements.ways.map((_, w) => [first + w, -1] as const) }];
}

/** The memory that all pieces of a card share, as a part of it. */
function memoryRow(
  { choices }: ReplanContext,
  { uses, takers, poolOf }: Variables,
  gpu: string,
  inUse: number,
  useAt: Position,
  takerAt: Position,
): readonly Row[] {
  const { memoryBytes } = choices.problem.card;
  if (memoryBytes === null) return [];
  const own = [...uses.keys()].filter((i) => uses[i]!.gpu === gpu);
  const pools = new Set(own.map((i) => poolOf(uses[i]!)));
  const byUse = own.map((i) => [useAt(i), -bytesOf(uses[i]!.tenants ?? []) / memoryBytes] as const);
  const byTaker = takers.flatMap(({ choice, pool }, i) =>
    pools.has(pool) ? [[takerAt(i), -(choice.row.memoryBytes ?? 0) / memoryBytes] as const] : [],
  );
  const entries = [...byUse, ...byTaker].filter(([, part]) => part !== 0);
  return entries.length === 0 ? [] : [{ atLeast: 0, entries: [[inUse, 1], ...entries] }];
}

function bytesOf(tenants: readonly Tenant[]): number {
  return tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
}

/** As many pieces without a service as services that are given one. */
function poolRows({ uses, takers, poolOf }: Variables, useAt: Position, takerAt: Position): readonly Row[] {
  const free = Map.groupBy(
    [...uses.keys()].filter((i) => uses[i]!.tenants === null),
    (i) => poolOf(uses[i]!),
  );
  const taken = Map.groupBy([...takers.keys()], (i) => takers[i]!.pool);
  return [...free].flatMap(([pool, members]): readonly Row[] => {
    const entries = [
      ...members.map((i) => [useAt(i), 1] as const),
      ...(taken.get(pool) ?? []).map((i) => [takerAt(i), -1] as const),
    ];
    return [
      { atLeast: 0, entries },
      { atLeast: 0, entries: entries.map(([column, value]) => [column, -value] as const) },
    ];
  });
}

/** New GPUs are alike: one is used only when those before it are. */
function inOrder({ base }: ReplanContext, open: readonly string[]): readonly Row[] {
  const fresh = [...open.keys()].filter((g) => !base.has(open[g]!));
  return fresh.slice(1).map((g, i) => ({
    atLeast: 0,
    entries: [
      [fresh[i]!, 1],
      [g, -1],
    ],
  }));
}

/** The pieces of the opened GPUs. */
function readDraft({ placements }: ReplanContext, variables: Variables, values: Float64Array): Draft {
  const { open, uses, takers, poolOf } = variables;
  const times = (column: number) => Math.round(values[column]!);
  const waiting = new Map<string, Tenant[]>();
  for (const [i, { own, choice, pool }] of takers.entries()) {
    const tenants = Array.from({ length: times(open.length + uses.length + i) }, () => toTenant(choice, own));
    waiting.set(pool, [...(waiting.get(pool) ?? []), ...tenants]);
  }
  const next = new Map<string, DraftPiece[]>(open.map((gpu) => [gpu, []]));
  const order = [...uses.keys()].sort((a, b) => Number(uses[b]!.stays) - Number(uses[a]!.stays));
  for (const i of order) {
    const use = uses[i]!;
    const { piece, start } = placements.all[use.at]!;
    for (let n = times(open.length + i); n > 0; n -= 1) {
      const tenants = use.tenants ?? [takeTenant(waiting.get(poolOf(use))!, use)];
      next.get(use.gpu)!.push({ piece, start, tenants, ...(use.stays ? { from: use.of!.running.id } : {}) });
    }
  }
  return next;
}

/** The next tenant of a pool; on a piece that stays rather one of a service that runs there. */
function takeTenant(waiting: Tenant[], { of }: Use): Tenant {
  const services = new Set(of?.running.tenants.map(({ service }) => service));
  const at = waiting.findIndex(({ service }) => services.has(service));
  return waiting.splice(Math.max(0, at), 1)[0]!;
}

/** Whether the card's own rule allows the pieces of every GPU. */
function isLegal({ choices }: ReplanContext, draft: Draft): boolean {
  const { card } = choices.problem;
  return [...draft.values()].every((pieces) =>
    pieces.every(({ piece, start }, i) => card.starts(pieces.slice(0, i), piece).includes(start)),
  );
}
