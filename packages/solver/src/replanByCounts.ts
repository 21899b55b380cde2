import { overlayPieces } from "./matchLayout.ts";
import type { Card } from "./packing/card.ts";
import type { LayoutPiece } from "./packing/layout.ts";
import { solveLinear } from "./packing/linearModel.ts";
import { toTenant } from "./packing/takeTurns.ts";
import type { BasePiece } from "./replanBase.ts";
import type { ReplanContext } from "./replanContext.ts";
import type { Draft } from "./replanDraft.ts";
import { type Row, toLinearModel } from "./replanRows.ts";

/** A running piece that may go on, and who runs there alone. */
interface Kept {
  readonly gpu: string;
  readonly piece: BasePiece;
  /** Position of the service, and of the piece's type in the card's list. */
  readonly service: number;
  readonly type: number;
}

/** How many pieces of each type each service gets, by `[service][type]`, and how many cards are cut in each of the card's patterns. */
interface Counts {
  readonly pieces: readonly (readonly number[])[];
  readonly patterns: readonly number[];
}

/**
 * A plan for so many GPUs that is cut anew as a whole, near to what runs: first how many pieces of which type each service gets, changing as few as
 * possible; then which GPU is cut in which pattern; then which running pieces stay. Each step is solved exactly by itself, so the plan is not the
 * least change, but one that the whole fleet can be brought to when it has no room to be changed GPU by GPU.
 *
 * @returns null when services take turns, the card's patterns are too many to list, or nothing was found in time
 */
export function replanByCounts(context: ReplanContext, mostGpus: number, nameGpu: () => string): Draft | null {
  const { patterns } = context.choices.problem.card;
  const alone = [...context.base.values()].every(({ pieces }) => pieces.every(({ tenants }) => tenants.length <= 1));
  if (patterns === null || !alone) return null;
  const kept = keptPieces(context);
  const counts = leastCounts(context, patterns, kept, mostGpus);
  if (counts === null) return null;
  const pattern = assignPatterns(context, patterns, kept, counts);
  const stay = stayingPieces(context, patterns, kept, counts, pattern);
  return layOut(context, patterns, counts, pattern, stay, nameGpu);
}

function keptPieces({ base, choices }: ReplanContext): readonly Kept[] {
  const service = new Map(choices.services.map((own, i) => [own.service.name, i]));
  const type = new Map(choices.problem.card.pieces.map(({ name }, i) => [name, i]));
  return [...base].flatMap(([gpu, { pieces }]) =>
    pieces.flatMap((piece) =>
      piece.tenants.map(({ service: name }): Kept => {
        return { gpu, piece, service: service.get(name)!, type: type.get(piece.running.piece)! };
      }),
    ),
  );
}

/** Columns: cards by pattern, then for every choice of every service its pieces and how many of them stay. */
function leastCounts(
  { highs, choices, costs, timeLimitSeconds }: ReplanContext,
  patterns: readonly (readonly number[])[],
  kept: readonly Kept[],
  mostGpus: number,
): Counts | null {
  const { card } = choices.problem;
  const types = card.pieces.length;
  const had = choices.services.map(() => card.pieces.map(() => 0));
  for (const { service, type } of kept) had[service]![type]! += 1;
  const options = choices.services.flatMap(({ best }, service) => best.map((choice) => ({ service, choice })));
  const pieceAt = (i: number) => patterns.length + 2 * i;
  const rows: Row[] = [
    ...card.pieces.map((_, t): Row => {
      const cut = patterns.map((pattern, k) => [k, pattern[t]!] as const);
      const used = options.flatMap(({ choice }, i) => (choice.index === t ? [[pieceAt(i), -1] as const] : []));
      return { atLeast: 0, entries: [...cut, ...used] };
    }),
    ...choices.services.map(({ need }, s): Row => {
      const own = options.flatMap(({ service, choice }, i) =>
        service === s ? [[pieceAt(i), choice.safeRate / need] as const] : [],
      );
      return { atLeast: 1 - 1e-9, entries: own };
    }),
    ...options.flatMap(({ service, choice }, i): readonly Row[] => [
      {
        atLeast: 0,
        entries: [
          [pieceAt(i), 1],
          [pieceAt(i) + 1, -1],
        ],
      },
      { atLeast: -had[service]![choice.index]!, entries: [[pieceAt(i) + 1, -1]] },
    ]),
    { atLeast: -mostGpus, entries: patterns.map((_, k) => [k, -1] as const) },
  ];
  const columns = [
    ...patterns.map(() => ({ cost: 0, whole: true })),
    ...options.flatMap(() => [
      { cost: costs.create, whole: true },
      { cost: -costs.create - costs.destroy, whole: false },
    ]),
  ];
  const { values } = solveLinear(highs, toLinearModel(columns, rows), 2 * timeLimitSeconds, 0.02);
  if (values === null) return null;
  const pieces = choices.services.map(() => Array.from({ length: types }, () => 0));
  for (const [i, { service, choice }] of options.entries()) {
    pieces[service]![choice.index] = Math.round(values[pieceAt(i)]!);
  }
  return { pieces, patterns: patterns.map((_, k) => Math.round(values[k]!)) };
}

/** Running GPU → its pattern, such that as many pieces as possible may stay; a transport problem, whose relaxation is whole. */
function assignPatterns(
  { highs, base, timeLimitSeconds }: ReplanContext,
  patterns: readonly (readonly number[])[],
  kept: readonly Kept[],
  counts: Counts,
): ReadonlyMap<string, number> {
  const byService = Map.groupBy(kept, ({ service, type }) => `${service} ${type}`);
  const chance = ({ service, type }: Kept) =>
    Math.min(1, counts.pieces[service]![type]! / byService.get(`${service} ${type}`)!.length);
  const onGpu = Map.groupBy(kept, ({ gpu }) => gpu);
  const value = (gpu: string, pattern: readonly number[]) =>
    pattern.reduce((sum, count, t) => {
      const own = (onGpu.get(gpu) ?? []).filter(({ type }) => type === t).map(chance);
      return (
        sum +
        own
          .toSorted((a, b) => b - a)
          .slice(0, count)
          .reduce((all, each) => all + each, 0)
      );
    }, 0);
  const used = [...patterns.keys()].filter((k) => counts.patterns[k]! > 0);
  const pairs = [...base.keys()].flatMap((gpu) => used.map((k) => ({ gpu, k, value: value(gpu, patterns[k]!) })));
  const rowsOf = <Key>(key: (i: number) => Key, most: (key: Key) => number): readonly Row[] =>
    [...Map.groupBy(pairs.keys(), key)].map(([of, group]) => ({
      atLeast: -most(of),
      entries: group.map((i) => [i, -1] as const),
    }));
  const rows = [
    ...rowsOf(
      (i) => pairs[i]!.gpu,
      () => 1,
    ),
    ...rowsOf(
      (i) => pairs[i]!.k,
      (k) => counts.patterns[k]!,
    ),
  ];
  // A little for every pair, so that running GPUs are used before new ones.
  const columns = pairs.map((pair) => ({ cost: -pair.value - 0.01, whole: false }));
  const { values } = solveLinear(highs, toLinearModel(columns, rows), timeLimitSeconds);
  return new Map(pairs.flatMap(({ gpu, k }, i) => (values !== null && values[i]! > 0.5 ? [[gpu, k] as const] : [])));
}

/** The most running pieces that stay: of each service and type no more than it gets, on each GPU no more than its pattern has. */
function stayingPieces(
  { highs, timeLimitSeconds }: ReplanContext,
  patterns: readonly (readonly number[])[],
  kept: readonly Kept[],
  counts: Counts,
  pattern: ReadonlyMap<string, number>,
): readonly Kept[] {
  const able = kept.filter(({ gpu }) => pattern.has(gpu));
  const limit = (key: (each: Kept) => string, most: (each: Kept) => number): readonly Row[] =>
    [...Map.groupBy(able.keys(), (i) => key(able[i]!)).values()].map((group) => ({
      atLeast: -most(able[group[0]!]!),
      entries: group.map((i) => [i, -1] as const),
    }));
  const rows = [
    ...limit(
      ({ service, type }) => `${service} ${type}`,
      ({ service, type }) => counts.pieces[service]![type]!,
    ),
    ...limit(
      ({ gpu, type }) => `${gpu} ${type}`,
      ({ gpu, type }) => patterns[pattern.get(gpu)!]![type]!,
    ),
    ...able.map((_, i): Row => ({ atLeast: -1, entries: [[i, -1]] })),
  ];
  const columns = able.map(() => ({ cost: -1, whole: false }));
  const { values } = solveLinear(highs, toLinearModel(columns, rows), timeLimitSeconds);
  return able.filter((_, i) => values !== null && values[i]! > 0.5);
}

/** The pieces of every GPU: those that stay, and on the rest of its pattern what services still lack. */
function layOut(
  { base, choices }: ReplanContext,
  patterns: readonly (readonly number[])[],
  counts: Counts,
  assigned: ReadonlyMap<string, number>,
  stay: readonly Kept[],
  nameGpu: () => string,
): Draft | null {
  const { card } = choices.problem;
  const left = counts.pieces.map((own) => [...own]);
  for (const { service, type } of stay) left[service]![type]! -= 1;
  const onGpu = Map.groupBy(stay, ({ gpu }) => gpu);
  const draft = new Map<string, ReturnType<typeof overlayPieces>>([...base.keys()].map((gpu) => [gpu, []]));
  const rest = [...counts.patterns];
  for (const k of assigned.values()) rest[k]! -= 1;
  const all = [...assigned, ...rest.flatMap((count, k) => Array.from({ length: count }, () => [null, k] as const))];
  for (const [gpu, k] of all) {
    const own = gpu === null ? [] : (onGpu.get(gpu) ?? []);
    const pieces: LayoutPiece[] = own.map(({ piece }) => ({ ...piece.running, tenants: piece.tenants }));
    for (const [type, count] of patterns[k]!.entries()) {
      const free = count - own.filter((each) => each.type === type).length;
      for (let n = 0; n < free; n += 1) {
        const service = left.findIndex((each) => each[type]! > 0);
        if (service < 0) break;
        left[service]![type]! -= 1;
        const served = choices.services[service]!;
        const choice = served.best.find(({ index }) => index === type)!;
        pieces.push({ piece: choice.piece, start: 0, tenants: [toTenant(choice, served)] });
      }
    }
    if (!holdsMemory(card, pieces)) return null;
    const running = gpu === null ? [] : base.get(gpu)!.pieces.map((each) => each.running);
    if (pieces.length > 0) draft.set(gpu ?? nameGpu(), overlayPieces(card, running, pieces));
  }
  return draft;
}

function holdsMemory({ memoryBytes }: Card, pieces: readonly LayoutPiece[]): boolean {
  const tenants = pieces.flatMap((piece) => piece.tenants);
  return memoryBytes === null || tenants.reduce((sum, each) => sum + (each.memoryBytes ?? 0), 0) <= memoryBytes;
}
