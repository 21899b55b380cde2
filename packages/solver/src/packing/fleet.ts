import type { Card, PlacedPiece } from "./card.ts";
import type { Choices } from "./choices.ts";
import type { Layout, Tenant } from "./layout.ts";
import { type TurnDemand, takeTurns } from "./takeTurns.ts";

/** What runs on a piece while a method is at work. */
export interface Load {
  readonly tenants: readonly Tenant[];
  /** What the tenants need here; empty when the piece is saturated, so that nobody may join. */
  readonly demands: readonly TurnDemand[];
}

/** A piece of a GPU while a method is at work. */
export interface OpenPiece {
  readonly piece: string;
  readonly start: number;
  readonly load: Load;
}

/** A GPU while a method is at work. */
export interface OpenGpu {
  pieces: readonly OpenPiece[];
}

/** Places a piece on the first GPU that takes it, in the order given; says whether one did. */
export function placeFirst(card: Card, gpus: readonly OpenGpu[], piece: string, load: Load): boolean {
  return gpus.some((gpu) => {
    const start = card.starts(gpu.pieces, piece)[0];
    if (start === undefined || !holdsMemory(card, [...gpu.pieces, { load }])) return false;
    gpu.pieces = [...gpu.pieces, { piece, start, load }];
    return true;
  });
}

/** Places a piece on a GPU of its own, at the end. */
export function placeOnNew(card: Card, gpus: OpenGpu[], piece: string, load: Load): void {
  gpus.push({ pieces: [{ piece, start: card.starts([], piece)[0]!, load }] });
}

/** Lets a service take turns on the first piece, in the order given, where all tenants then keep their deadlines; says whether one did. */
export function joinFirst(
  choices: Choices,
  gpus: readonly OpenGpu[],
  demand: TurnDemand,
  mostTenants: number,
): boolean {
  const { card } = choices.problem;
  for (const gpu of gpus) {
    for (const [at, { piece, start, load }] of gpu.pieces.entries()) {
      if (load.demands.length === 0 || load.demands.length >= mostTenants) continue;
      const demands = [...load.demands, demand];
      const tenants = takeTurns(choices, piece, demands);
      if (tenants === null) continue;
      const pieces = gpu.pieces.with(at, { piece, start, load: { tenants, demands } });
      if (!holdsMemory(card, pieces)) continue;
      gpu.pieces = pieces;
      return true;
    }
  }
  return false;
}

/** Places a piece on the first GPU that takes it once its pieces are given other starts; says whether one did. */
export function placeRearranged(card: Card, gpus: readonly OpenGpu[], piece: string, load: Load): boolean {
  const most = card.compute - computeOf(card, piece);
  return gpus.some((gpu) => {
    if (usedCompute(card, gpu.pieces) > most) return false;
    const starts = arrange(card, [...gpu.pieces.map((each) => each.piece), piece]);
    const all = [...gpu.pieces, { piece, load }];
    if (starts === null || !holdsMemory(card, all)) return false;
    gpu.pieces = all.map((each, i) => ({ ...each, start: starts[i]! }));
    return true;
  });
}

/** Starts for a set of pieces on one GPU, largest piece first, by trying all; null when they do not fit together. */
export function arrange(card: Card, pieces: readonly string[]): readonly number[] | null {
  const compute = pieces.map((piece) => computeOf(card, piece));
  const order = pieces.map((_, i) => i).sort((a, b) => compute[b]! - compute[a]!);
  const found: number[] = [];
  const visit = (depth: number, placed: readonly PlacedPiece[]): boolean => {
    if (depth === order.length) return true;
    const at = order[depth]!;
    return card.starts(placed, pieces[at]!).some((start) => {
      found[at] = start;
      return visit(depth + 1, [...placed, { piece: pieces[at]!, start }]);
    });
  };
  return visit(0, []) ? found : null;
}

/** Compute units that the pieces of a GPU take. */
export function usedCompute(card: Card, pieces: readonly { readonly piece: string }[]): number {
  return pieces.reduce((sum, { piece }) => sum + computeOf(card, piece), 0);
}

export function computeOf(card: Card, piece: string): number {
  return card.pieces.find(({ name }) => name === piece)!.compute;
}

/** Whether the memory that all pieces of a card share suffices for their tenants. */
function holdsMemory(card: Card, pieces: readonly { readonly load: Load }[]): boolean {
  const tenants = pieces.flatMap(({ load }) => load.tenants);
  const used = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  return card.memoryBytes === null || used <= card.memoryBytes;
}

/** The layout that a method ended with; GPUs without pieces are left out. */
export function toLayout(card: Card, gpus: readonly OpenGpu[]): Layout {
  const used = gpus.filter(({ pieces }) => pieces.length > 0);
  return {
    card: card.name,
    gpus: used.map(({ pieces }) => ({
      pieces: pieces
        .toSorted((a, b) => a.start - b.start)
        .map(({ piece, start, load }) => ({ piece, start, tenants: load.tenants })),
    })),
  };
}
