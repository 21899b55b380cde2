import type { SizedChoice } from "./packing/choices.ts";
import { toTenant } from "./packing/takeTurns.ts";
import { findMissing, type ReplanContext } from "./replanContext.ts";
import type { Draft, DraftPiece } from "./replanDraft.ts";

/**
 * The running fleet with pieces added for what is missing: on pieces that have lost their service, then in free places, then on new GPUs. No
 * tenant that may go on is moved.
 *
 * @param nameGpu  names new GPUs
 */
export function replanGreedily(context: ReplanContext, nameGpu: () => string): Draft {
  const draft = new Map<string, readonly DraftPiece[]>();
  for (const [id, { pieces }] of context.base) {
    const stay = pieces.filter(({ tenants }) => tenants.length > 0);
    draft.set(
      id,
      stay.map(({ running, tenants }) => ({ piece: running.piece, start: running.start, tenants, from: running.id })),
    );
  }
  const missing = findMissing(context.choices, [...draft.values()].flat());
  for (const { own, rate } of missing.toSorted((a, b) => b.rate - a.rate)) {
    for (let left = rate; left > 1e-9 * own.need; ) {
      const order = inOrder(own.best, left);
      const [gpu, piece] = findPlace(context, draft, order) ?? [nameGpu(), placeFirst(context, order[0]!)];
      const choice = order.find((each) => each.piece === piece.piece)!;
      draft.set(gpu, [...(draft.get(gpu) ?? []), { ...piece, tenants: [toTenant(choice, own)] }]);
      left -= choice.safeRate;
    }
  }
  return draft;
}

/** Sizes that cover a rate, smallest first, then those that answer most per compute unit. */
function inOrder(best: readonly SizedChoice[], rate: number): readonly SizedChoice[] {
  const covers = best.filter(({ safeRate }) => safeRate >= rate);
  const others = best.filter(({ safeRate }) => safeRate < rate);
  return [...covers, ...others.toSorted((a, b) => b.safeRate / b.compute - a.safeRate / a.compute)];
}

type Place = Omit<DraftPiece, "tenants">;

function findPlace(
  context: ReplanContext,
  draft: Draft,
  order: readonly SizedChoice[],
): readonly [string, Place] | null {
  const inUse = [...draft].filter(([, pieces]) => pieces.length > 0);
  for (const choice of order) {
    for (const [gpu, pieces] of draft) {
      const used = new Set(pieces.map(({ from }) => from));
      const idle = context.base
        .get(gpu)
        ?.pieces.find(
          ({ running, tenants }) =>
            tenants.length === 0 &&
            running.piece === choice.piece &&
            !used.has(running.id) &&
            isFree(context, pieces, choice, running.start),
        )?.running;
      if (idle !== undefined && (pieces.length > 0 || inUse.length === 0))
        return [gpu, { piece: idle.piece, start: idle.start, from: idle.id }];
    }
    for (const [gpu, pieces] of inUse) {
      const start = context.choices.problem.card.starts(pieces, choice.piece)[0];
      if (start !== undefined && isFree(context, pieces, choice, start)) return [gpu, { piece: choice.piece, start }];
    }
  }
  return null;
}

function placeFirst({ choices }: ReplanContext, { piece }: SizedChoice): Place {
  return { piece, start: choices.problem.card.starts([], piece)[0]! };
}

/** Whether a place is free and the memory that all pieces share suffices. */
function isFree(
  { choices }: ReplanContext,
  pieces: readonly DraftPiece[],
  choice: SizedChoice,
  start: number,
): boolean {
  const { card } = choices.problem;
  const tenants = pieces.flatMap((piece) => piece.tenants);
  const used = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), choice.row.memoryBytes ?? 0);
  return card.starts(pieces, choice.piece).includes(start) && used <= (card.memoryBytes ?? used);
}
