import type { Random } from "@partitune/numerics";
import { findMissing, type ReplanContext } from "./replanContext.ts";
import type { Draft } from "./replanDraft.ts";

/**
 * Running GPUs in the order in which opening them promises most: those that something is new on or has left, then those with free room and with
 * pieces that their services could do without.
 *
 * @param random  stirs the order; null leaves it
 */
export function openingOrder(context: ReplanContext, draft: Draft, random: Random | null): readonly string[] {
  const { card } = context.choices.problem;
  const size = new Map(card.pieces.map(({ name, compute }) => [name, compute]));
  const all = [...draft.values()].flat();
  const surplus = surplusRates(context, draft);
  const wanting = new Set(
    findMissing(
      context.choices,
      all.filter(({ from }) => from !== undefined),
    ).map(({ own }) => own.service.name),
  );
  const score = (id: string) => {
    const pieces = draft.get(id) ?? [];
    const was = context.base.get(id)!.pieces;
    const changed = pieces.some(({ from }) => from === undefined) || was.some(({ tenants }) => tenants.length === 0);
    const free = 1 - pieces.reduce((sum, { piece }) => sum + size.get(piece)!, 0) / card.compute;
    const spare = pieces.reduce((sum, { piece, tenants }) => {
      const part = Math.min(...tenants.map((each) => (surplus.get(each.service) ?? 0) / each.ratePerSecond), 1);
      return sum + (part * size.get(piece)!) / card.compute;
    }, 0);
    const involved = pieces.some(({ tenants }) => tenants.some(({ service }) => wanting.has(service)));
    return (changed ? 1 : 0) + 2 * free + spare + (involved ? 0.2 : 0) + (random === null ? 0 : 2 * random.next());
  };
  const scores = new Map([...context.base.keys()].map((id) => [id, score(id)]));
  return [...context.base.keys()].sort((a, b) => scores.get(b)! - scores.get(a)!);
}

/** What services are answered beyond their need. */
function surplusRates({ choices }: ReplanContext, draft: Draft): ReadonlyMap<string, number> {
  const sums = new Map(choices.services.map(({ service, need }) => [service.name, -need]));
  for (const { service, ratePerSecond } of [...draft.values()].flat().flatMap(({ tenants }) => tenants)) {
    sums.set(service, (sums.get(service) ?? 0) + ratePerSecond);
  }
  return sums;
}
