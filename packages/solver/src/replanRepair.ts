import { seededRandom } from "@partitune/numerics";
import { openingOrder } from "./openingOrder.ts";
import type { ReplanContext } from "./replanContext.ts";
import { costOf, type Draft, gpusUsed } from "./replanDraft.ts";
import { solveNeighbourhood } from "./replanNeighbourhood.ts";
import type { RunningGpu } from "./runningLayout.ts";

/** GPUs that are opened first; each further model opens twice as many. */
const firstOpen = 6;
/** Neighbourhoods drawn at random when those chosen do not suffice. */
const drawnNeighbourhoods = 1;

/** A plan in the making, and what is known of it. */
export interface Found {
  readonly draft: Draft;
  readonly proved: boolean;
}

/** Opens more and more GPUs until those in use suffice, and then once more, in case that changes less. */
export function repair(
  context: ReplanContext,
  running: readonly RunningGpu[],
  first: Draft,
  mostGpus: number,
  newName: (n: number) => string,
  mostOpen: number,
): Found {
  let draft = first;
  const cost = (each: Draft) => costOf(each, running, context.costs, context.resizable);
  const isBetter = (a: Draft, b: Draft) => {
    const over = Math.max(0, gpusUsed(a) - mostGpus) - Math.max(0, gpusUsed(b) - mostGpus);
    return over < 0 || (over === 0 && cost(a) < cost(b) - 1e-9);
  };
  const within = () => gpusUsed(draft) <= mostGpus;
  if (within() && changesNothing(context, draft)) return { draft, proved: true };
  const fresh = [...draft.keys()].filter((id) => !context.base.has(id));
  while (fresh.length < Math.min(3, mostGpus - context.base.size)) fresh.push(newName(fresh.length));
  const random = seededRandom("re-plan");
  let more = 1;
  const sizes = doubling(firstOpen, Math.min(mostOpen, context.base.size));
  const drawn = context.base.size > mostOpen ? Array.from({ length: drawnNeighbourhoods }, () => mostOpen) : [];
  for (const [round, size] of [...sizes, ...drawn].entries()) {
    if (within() && more-- === 0) break;
    const order = openingOrder(context, draft, round < sizes.length ? null : random);
    const open = [...order.slice(0, size), ...fresh];
    const mostOver = Math.max(0, gpusUsed(draft) - mostGpus - 1);
    const answer = solveNeighbourhood(context, draft, { open, mostGpus, mostOver });
    if (answer === null) continue;
    if (isBetter(answer.draft, draft)) draft = answer.draft;
    const isAll = size >= context.base.size && fresh.length >= mostGpus - context.base.size;
    if (isAll && answer.proved && within()) return { draft, proved: true };
  }
  return { draft, proved: false };
}

/** Opens a few GPUs at a time, all in turn, to keep more of what runs. */
export function polish(context: ReplanContext, running: readonly RunningGpu[], laid: Draft, mostGpus: number): Draft {
  let draft = laid;
  const cost = (each: Draft) => costOf(each, running, context.costs, context.resizable);
  const order = openingOrder(context, draft, null);
  const fresh = [...draft.keys()].filter((id) => !context.base.has(id));
  for (let at = 0; at < order.length; at += firstOpen) {
    const open = [...order.slice(at, at + firstOpen), ...(at === 0 ? fresh : [])];
    const answer = solveNeighbourhood(context, draft, {
      open,
      mostGpus: Math.max(mostGpus, gpusUsed(draft)),
      mostOver: 0,
    });
    if (answer === null) continue;
    if (cost(answer.draft) < cost(draft)) draft = answer.draft;
  }
  return draft;
}

function changesNothing({ base }: ReplanContext, draft: Draft): boolean {
  return [...draft].every(
    ([id, pieces]) =>
      pieces.every(({ from }) => from !== undefined) &&
      (base.get(id)?.pieces ?? []).every(({ tenants, cost }) => tenants.length === 0 || cost === 0),
  );
}

function doubling(first: number, last: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = first; size < last; size *= 2) sizes.push(size);
  return [...sizes, last];
}
