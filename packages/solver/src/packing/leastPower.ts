import { InputError, type Watts } from "@partitune/schema";
import { loadHighs } from "../methods/loadHighs.ts";
import { fillPatterns, type Part, repeat } from "./assemble.ts";
import type { Card } from "./card.ts";
import { type Choice, type Choices, findUnservable, needOf, type ServiceChoices, toChoices } from "./choices.ts";
import { type Load, toLayout } from "./fleet.ts";
import type { Layout, Unservable } from "./layout.ts";
import { type Column, solveLinear } from "./linearModel.ts";
import type { PackingProblem, PieceRow } from "./packingProblem.ts";
import { fullLoad } from "./saturate.ts";
import { tooLarge } from "./tooLarge.ts";

/** A kind of card, or one card in one power mode: what it can be cut into, what was measured on it, and what it draws when idle. */
export interface CardKind {
  readonly name: string;
  readonly card: Card;
  readonly rows: readonly PieceRow[];
  /** Power of a card of this kind in use, before any piece works, W. */
  readonly idleWatts: Watts;
}

/** Services on cards of several kinds. */
export interface PowerPackingProblem extends Pick<PackingProblem, "services" | "rule" | "headroom"> {
  readonly kinds: readonly CardKind[];
  /** GPUs of all kinds together, by default as many as wanted. */
  readonly mostGpus?: number;
}

export interface KindLayout {
  readonly kind: string;
  readonly layout: Layout;
}

export type PowerPacking =
  | {
      readonly status: "packed";
      /** One layout per kind in use. */
      readonly layouts: readonly KindLayout[];
      /** Idle power of the GPUs in use and what the requests add, W. */
      readonly watts: Watts;
      /** No layout without turns draws less, W. */
      readonly boundWatts: Watts;
    }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] }
  /** No layout has so few GPUs. */
  | { readonly status: "infeasible" }
  /** None was found in time, and none is ruled out. */
  | { readonly status: "unknown" };

export interface LeastPowerOptions {
  /** By default 20. */
  readonly timeLimitSeconds?: number;
  /** Relative gap at which the search may stop, by default 0.1 %. */
  readonly relativeGap?: number;
}

/**
 * The layout of least power: which kind of card or power mode, cut how, running what, with the requests routed to the pieces that spend least
 * energy on each. One mixed-integer model: cards by pattern, pieces by configuration, and the requests per second that each configuration
 * gets. Services do not take turns.
 *
 * @throws InputError when a power was not measured or is negative, two kinds share a name, or a card has too many patterns to list
 */
export async function leastPower(
  problem: PowerPackingProblem,
  { timeLimitSeconds = 20, relativeGap = 1e-3 }: LeastPowerOptions = {},
): Promise<PowerPacking> {
  checkPower(problem);
  const fleets = problem.kinds.map((kind) => toFleet(problem, kind));
  const lost = lostEverywhere(fleets.map(({ choices }) => choices));
  if (lost.length > 0) return { status: "unservable", services: lost };
  const model = toModel(problem, fleets);
  const { values, bound, optimal } = solveLinear(await loadHighs(), model, timeLimitSeconds, relativeGap);
  if (values === null) return { status: optimal ? "infeasible" : "unknown" };
  let [at, watts] = [0, 0];
  const layouts: KindLayout[] = [];
  for (const { kind, choices, patterns, options } of fleets) {
    const cards = values.subarray(at, at + patterns.length);
    const pieces = values.subarray(at + patterns.length, at + patterns.length + options.length);
    const rates = values.subarray(at + patterns.length + options.length, at + patterns.length + 2 * options.length);
    at += patterns.length + 2 * options.length;
    const parts = options.flatMap((option, k): readonly Part[] => {
      const count = Math.round(pieces[k]!);
      return repeat({ piece: option.choice.row.piece, load: routedLoad(option, rates[k]! / count) }, count);
    });
    const uses = patterns.map((pattern, k) => ({ pattern, cards: Math.round(cards[k]!) }));
    const layout = toLayout(kind.card, fillPatterns(choices, parts, uses));
    watts += layout.gpus.length * kind.idleWatts;
    watts += options.reduce((sum, { joules }, k) => sum + joules * rates[k]!, 0);
    if (layout.gpus.length > 0) layouts.push({ kind: kind.name, layout });
  }
  return { status: "packed", layouts, watts, boundWatts: Math.max(0, bound) };
}

function routedLoad({ choice, own }: Option, routedPerSecond: number): Load {
  const { tenants, demands } = fullLoad(choice, own);
  return { tenants: tenants.map((tenant) => ({ ...tenant, routedPerSecond })), demands };
}

/** A configuration of a service on a kind of card. */
interface Option {
  /** Position of the service. */
  readonly service: number;
  readonly own: ServiceChoices;
  readonly choice: Choice;
  /** Position of the piece in the card's list. */
  readonly index: number;
  /** Energy that one request adds, J. */
  readonly joules: number;
}

interface Fleet {
  readonly kind: CardKind;
  readonly choices: Choices;
  readonly patterns: readonly (readonly number[])[];
  readonly options: readonly Option[];
}

function toFleet({ services, rule, headroom = 0 }: PowerPackingProblem, kind: CardKind): Fleet {
  const measured = services.filter(({ model }) => kind.rows.some((row) => row.model === model));
  const choices = toChoices(
    { card: kind.card, rows: kind.rows, services: measured, rule, headroom },
    { cost: joulesOf },
  );
  if (kind.card.patterns === null) throw tooLarge();
  const wanted = services.filter(({ ratePerSecond }) => ratePerSecond > 0).map(({ name }) => name);
  const options = choices.services.flatMap((own) =>
    [...own.admitted].flatMap(([piece, admitted]) =>
      worthwhile(admitted).map((choice) => ({
        service: wanted.indexOf(own.service.name),
        own,
        choice,
        index: kind.card.pieces.findIndex(({ name }) => name === piece),
        joules: joulesOf(choice.row),
      })),
    ),
  );
  return { kind, choices, patterns: kind.card.patterns, options };
}

function joulesOf({ powerWatts, ratePerSecond }: PieceRow): number {
  return powerWatts! / ratePerSecond;
}

/** Configurations of one piece that no other beats in rate and energy; the first of equals. */
function worthwhile(choices: readonly Choice[]): readonly Choice[] {
  const sorted = choices.toSorted((a, b) => b.safeRate - a.safeRate || joulesOf(a.row) - joulesOf(b.row));
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter((choice) => {
    const better = joulesOf(choice.row) < least;
    least = Math.min(least, joulesOf(choice.row));
    return better;
  });
}

/** Services that no kind serves, with the reason that the first kind gives. */
function lostEverywhere(all: readonly Choices[]): readonly Unservable[] {
  const lost = all.map((choices) => findUnservable(choices));
  const served = new Set(
    all.flatMap(({ services }, k) =>
      services.map(({ service }) => service.name).filter((name) => !lost[k]!.some((each) => each.service === name)),
    ),
  );
  const first = new Map(
    lost
      .flat()
      .toReversed()
      .map((each) => [each.service, each]),
  );
  return [...first.values()].filter(({ service }) => !served.has(service));
}

/**
 * Columns, kind by kind: cards by pattern, pieces by option, rates by option. Rows: piece types of every kind, need of every service covered by
 * safe rates, requests of every service routed, rates within what the pieces answer, and the number of GPUs.
 *
 * A piece counts for no more than all that its service needs, which excludes no whole numbers of pieces and raises the relaxation's bound.
 */
function toModel({ services, headroom = 0, mostGpus }: PowerPackingProblem, fleets: readonly Fleet[]) {
  const wanted = services.filter(({ ratePerSecond }) => ratePerSecond > 0);
  const rates = wanted.map(({ ratePerSecond }) => ratePerSecond);
  const needs = wanted.map((service) => needOf(service, headroom));
  const types = fleets.reduce((sum, { kind }) => sum + kind.card.pieces.length, 0);
  const [coverRow, routeRow, withinRow] = [types, types + wanted.length, types + 2 * wanted.length];
  const gpuRow = withinRow + fleets.reduce((sum, { options }) => sum + options.length, 0);
  const columns: Column[] = [];
  let [typeRow, optionRow] = [0, withinRow];
  for (const { kind, patterns, options } of fleets) {
    for (const pattern of patterns) {
      const pieces = [...pattern.entries()].filter(([, count]) => count > 0);
      const entries = pieces.map(([t, count]) => [typeRow + t, count] as const);
      columns.push({
        cost: kind.idleWatts,
        whole: true,
        entries: mostGpus === undefined ? entries : [...entries, [gpuRow, -1]],
      });
    }
    for (const [k, { index, service, choice }] of options.entries()) {
      const entries = [
        [typeRow + index, -1],
        [coverRow + service, Math.min(choice.safeRate, needs[service]!)],
        [optionRow + k, Math.min(choice.safeRate, rates[service]!)],
      ] as const;
      columns.push({ cost: 0, whole: true, entries });
    }
    for (const [k, { service, joules }] of options.entries()) {
      columns.push({
        cost: joules,
        whole: false,
        entries: [
          [routeRow + service, 1],
          [optionRow + k, -1],
        ],
      });
    }
    typeRow += kind.card.pieces.length;
    optionRow += options.length;
  }
  const zeros = (count: number) => Array.from({ length: count }, () => 0);
  const rowBounds = [...zeros(types), ...needs, ...rates, ...zeros(gpuRow - withinRow)];
  return { columns, rowBounds: mostGpus === undefined ? rowBounds : [...rowBounds, -mostGpus] };
}

function checkPower({ kinds, services }: PowerPackingProblem): void {
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  if (new Set(kinds.map(({ name }) => name)).size < kinds.length)
    fail("kinds of cards", "share a name", "name each differently");
  for (const { name, rows, idleWatts } of kinds) {
    if (!(idleWatts >= 0)) fail(`card kind "${name}"`, `idles at ${idleWatts} W`, "give watts, at least 0");
    const row = rows.find(
      ({ powerWatts, ratePerSecond }) => ratePerSecond > 0 && !(powerWatts !== null && powerWatts >= 0),
    );
    if (row !== undefined)
      fail(
        `row of "${row.model}" on ${row.piece} of "${name}"`,
        `has the power ${row.powerWatts}`,
        "measure power for every row",
      );
  }
  const models = new Set(kinds.flatMap(({ rows }) => rows.map(({ model }) => model)));
  const unknown = services.find(({ model }) => !models.has(model));
  if (unknown !== undefined)
    fail(`service "${unknown.name}"`, `runs model "${unknown.model}", of which nothing was measured`, "measure it");
}
