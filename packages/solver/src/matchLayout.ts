import type { Highs } from "highs";
import type { Card } from "./packing/card.ts";
import type { Layout, LayoutPiece } from "./packing/layout.ts";
import { solveLinear } from "./packing/linearModel.ts";
import type { Draft, DraftPiece } from "./replanDraft.ts";
import { type Row, toLinearModel } from "./replanRows.ts";
import type { RunningGpu, RunningPiece } from "./runningLayout.ts";

/** Far more than an assignment of some hundred GPUs takes. */
const timeLimitSeconds = 20;

/**
 * A layout on running GPUs, such that as many pieces as possible stay what they are: GPUs are assigned by what they have in common, and within
 * each the pieces go where the same pieces are.
 *
 * @param nameGpu  names GPUs beyond those that run
 */
export function matchLayout(
  highs: Highs,
  card: Card,
  running: readonly RunningGpu[],
  layout: Layout,
  nameGpu: () => string,
): Draft {
  const pairs = running.flatMap((gpu, g) =>
    layout.gpus.flatMap((other, h) => {
      const value = inCommon(gpu.pieces, other.pieces);
      return value > 0 ? [{ g, h, value }] : [];
    }),
  );
  const partner = assign(highs, pairs);
  const unused = running.filter((_, g) => ![...partner.values()].includes(g));
  const draft = new Map<string, readonly DraftPiece[]>(running.map(({ id }) => [id, []]));
  for (const [h, { pieces }] of layout.gpus.entries()) {
    const g = partner.get(h);
    const gpu = g === undefined ? unused.shift() : running[g];
    draft.set(gpu?.id ?? nameGpu(), overlayPieces(card, gpu?.pieces ?? [], pieces));
  }
  return draft;
}

function keyOf({ piece, tenants }: LayoutPiece): string {
  return JSON.stringify([piece, tenants.map(({ service }) => service).sort()]);
}

/** Twice the pieces with the same service, once those of the same type. */
function inCommon(a: readonly LayoutPiece[], b: readonly LayoutPiece[]): number {
  return (
    shared(a.map(keyOf), b.map(keyOf)) +
    shared(
      a.map(({ piece }) => piece),
      b.map(({ piece }) => piece),
    )
  );
}

function shared(a: readonly string[], b: readonly string[]): number {
  const left = [...b];
  return a.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}

interface Pair {
  readonly g: number;
  readonly h: number;
  readonly value: number;
}

/** The assignment of greatest value, new GPU → running GPU; the relaxation of an assignment is whole. */
function assign(highs: Highs, pairs: readonly Pair[]): ReadonlyMap<number, number> {
  if (pairs.length === 0) return new Map();
  const once = (key: "g" | "h"): readonly Row[] =>
    [...Map.groupBy(pairs.keys(), (i) => pairs[i]![key]).values()].map((group) => ({
      atLeast: -1,
      entries: group.map((i) => [i, -1] as const),
    }));
  const costs = pairs.map(({ value }) => ({ cost: -value, whole: false }));
  const { values } = solveLinear(highs, toLinearModel(costs, [...once("g"), ...once("h")]), timeLimitSeconds);
  return new Map(pairs.flatMap(({ g, h }, i) => (values !== null && values[i]! > 0.5 ? [[h, g] as const] : [])));
}

/** Pieces of one GPU at the places of the same running pieces, as many as then leave room for all; they fit on a card. */
export function overlayPieces(
  card: Card,
  running: readonly RunningPiece[],
  pieces: readonly LayoutPiece[],
): readonly DraftPiece[] {
  const stay = new Map<LayoutPiece, RunningPiece>();
  const taken = new Set<RunningPiece>();
  const match = (same: (a: LayoutPiece, b: LayoutPiece) => boolean) => {
    for (const piece of pieces) {
      const found = stay.has(piece) ? undefined : running.find((each) => !taken.has(each) && same(each, piece));
      if (found === undefined) continue;
      stay.set(piece, found);
      taken.add(found);
    }
  };
  match((a, b) => keyOf(a) === keyOf(b));
  match((a, b) => a.piece === b.piece);
  for (const keep = [...stay]; ; keep.pop()) {
    const fixed = keep.map(([piece, { id, start }]) => ({ ...piece, start, from: id }));
    const rest = pieces.filter((piece) => !keep.some(([each]) => each === piece));
    const placed = placeRest(card, fixed, rest);
    if (placed !== null) return placed;
  }
}

/** The remaining pieces beside those fixed, largest first, by trying all places; null when there is no room. */
function placeRest(
  card: Card,
  fixed: readonly DraftPiece[],
  rest: readonly LayoutPiece[],
): readonly DraftPiece[] | null {
  const size = new Map(card.pieces.map(({ name, compute }) => [name, compute]));
  const visit = (placed: readonly DraftPiece[], left: readonly LayoutPiece[]): readonly DraftPiece[] | null => {
    const [piece, ...others] = left;
    if (piece === undefined) return placed;
    for (const start of card.starts(placed, piece.piece)) {
      const found = visit([...placed, { ...piece, start }], others);
      if (found !== null) return found;
    }
    return null;
  };
  return visit(
    fixed,
    rest.toSorted((a, b) => size.get(b.piece)! - size.get(a.piece)!),
  );
}
