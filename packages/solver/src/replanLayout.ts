import { type Random, seededRandom } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import { cardPlacements } from "./cardPlacements.ts";
import { type ChangeCosts, type ChangeCount, countChanges, defaultChangeCosts } from "./changeCost.ts";
import { matchLayout } from "./matchLayout.ts";
import { loadHighs } from "./methods/loadHighs.ts";
import type { Card } from "./packing/card.ts";
import { findUnservable, toChoices } from "./packing/choices.ts";
import { type BoundedPacking, packChoices } from "./packing/columnGeneration.ts";
import type { Layout, Unservable } from "./packing/layout.ts";
import type { PackingProblem } from "./packing/packingProblem.ts";
import { toBase } from "./replanBase.ts";
import { replanByCounts } from "./replanByCounts.ts";
import { findMissing, type ReplanContext } from "./replanContext.ts";
import { costOf, type Draft, gpusUsed, nameDraft } from "./replanDraft.ts";
import { replanGreedily } from "./replanGreedily.ts";
import { solveNeighbourhood } from "./replanNeighbourhood.ts";
import type { RunningGpu } from "./runningLayout.ts";

export interface ReplanOptions {
  /** GPUs beyond the fewest that may be used to spare changes, by default 0. */
  readonly slack?: number;
  /** GPUs that may be used, in place of the fewest and the slack: nothing is planned afresh. */
  readonly mostGpus?: number;
  /** A plan made afresh for the same problem, by default that of `column-generation`. */
  readonly afresh?: BoundedPacking;
  /** GPUs that are lost: their pieces count as gone, and their names are not used. */
  readonly without?: readonly string[];
  readonly costs?: ChangeCosts;
  /** Whether pieces of this name are only limits of processes; by default those of cards on which no piece has a place or memory of its own. */
  readonly resizable?: (piece: string) => boolean;
  /** Seconds that each mixed-integer model may take, by default 3. */
  readonly timeLimitSeconds?: number;
  /** GPUs that the largest of these models may open, by default 24. */
  readonly mostOpen?: number;
}

export type LayoutReplan =
  | {
      readonly status: "packed";
      readonly gpus: readonly RunningGpu[];
      readonly changes: ChangeCount;
      /** Whether no plan with as few GPUs changes less. */
      readonly proved: boolean;
      /** GPUs that a plan made afresh uses; null when `mostGpus` was given. */
      readonly afreshGpus: number | null;
      /** No plan uses fewer GPUs; 0 when nothing was planned afresh. */
      readonly bound: number;
    }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] };

/** GPUs that are opened first; each further model opens twice as many. */
const firstOpen = 6;
/** Neighbourhoods drawn at random when those chosen do not suffice. */
const drawnNeighbourhoods = 1;

/**
 * A plan for new demands that changes the running one as little as possible: first as few GPUs as a plan made afresh (and the slack), then the least
 * sum of costs of what does not stay.
 *
 * What can go on is kept and what is missing is added; then a few GPUs are opened at a time, those with free room and with more capacity than
 * needed first, and changed at least cost, exactly; more and more of them until the GPUs suffice. If they never do, the whole fleet is cut anew, near
 * to what runs, and repaired in the same way.
 *
 * @throws InputError when the running pieces are none of the card's, or a name stands twice
 */
export async function replanLayout(
  problem: PackingProblem,
  fleet: readonly RunningGpu[],
  options: ReplanOptions = {},
): Promise<LayoutReplan> {
  const { slack = 0, without = [], costs = defaultChangeCosts, mostOpen = 24 } = options;
  checkRunning(problem.card, fleet);
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const running = fleet.filter(({ id }) => !without.includes(id));
  const highs = await loadHighs();
  const afresh = options.mostGpus === undefined ? (options.afresh ?? (await packChoices(choices))) : null;
  if (afresh?.status === "unservable") return afresh;
  const mostGpus = options.mostGpus ?? afresh!.layout.gpus.length + slack;
  const context: ReplanContext = {
    highs,
    choices,
    base: new Map(toBase(choices, running, costs).map((gpu) => [gpu.id, gpu])),
    placements: cardPlacements(problem.card),
    costs,
    resizable: options.resizable ?? limitsOnly(problem.card),
    timeLimitSeconds: options.timeLimitSeconds ?? 3,
  };
  const newName = gpuNames([...fleet.map(({ id }) => id), ...without]);
  const names: string[] = [];
  const nameGpu = () => {
    names.push(newName(names.length));
    return names.at(-1)!;
  };
  let found = repair(context, running, replanGreedily(context, nameGpu), mostGpus, newName, mostOpen);
  if (gpusUsed(found.draft) > mostGpus) {
    const cost = (draft: Draft) => costOf(draft, running, costs, context.resizable);
    const others = cutAnew(context, running, mostGpus, afresh?.layout ?? null, newName)
      .filter((draft) => gpusUsed(draft) < gpusUsed(found.draft))
      .toSorted((a, b) => gpusUsed(a) - gpusUsed(b) || cost(a) - cost(b));
    if (others.length > 0) found = { draft: polish(context, running, others[0]!, mostGpus), proved: false };
  }
  const gpus = nameDraft(found.draft, running);
  return {
    status: "packed",
    gpus,
    changes: countChanges(running, gpus, costs, context.resizable),
    proved: found.proved,
    afreshGpus: afresh?.layout.gpus.length ?? null,
    bound: afresh?.bound ?? 0,
  };
}

/** Plans for the whole fleet that do not start from what runs, laid over it. */
function cutAnew(
  context: ReplanContext,
  running: readonly RunningGpu[],
  mostGpus: number,
  afresh: Layout | null,
  newName: (n: number) => string,
): readonly Draft[] {
  const namer = () => {
    let next = 0;
    return () => newName(next++);
  };
  const near = replanByCounts(context, mostGpus, namer());
  const laid =
    afresh === null ? null : matchLayout(context.highs, context.choices.problem.card, running, afresh, namer());
  return [near, laid].filter((draft) => draft !== null);
}

interface Found {
  readonly draft: Draft;
  readonly proved: boolean;
}

/** Opens more and more GPUs until those in use suffice, and then once more, in case that changes less. */
function repair(
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
function polish(context: ReplanContext, running: readonly RunningGpu[], laid: Draft, mostGpus: number): Draft {
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

/**
 * Running GPUs in the order in which opening them promises most: those that something is new on or has left, then those with free room and with
 * pieces that their services could do without.
 */
function openingOrder(context: ReplanContext, draft: Draft, random: Random | null): readonly string[] {
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

/** Names `gpu0`, `gpu1` … that are not taken, the n-th of them. */
function gpuNames(taken: readonly string[]): (n: number) => string {
  const used = new Set(taken);
  const free: string[] = [];
  return (n) => {
    for (let i = 0; free.length <= n; i += 1) {
      const name = `gpu${i}`;
      if (used.has(name)) continue;
      used.add(name);
      free.push(name);
    }
    return free[n]!;
  };
}

function limitsOnly(card: Card): (piece: string) => boolean {
  const bare = card.pieces.every(
    ({ name, memoryBytes }) => memoryBytes === null && card.starts([], name).every((start) => start === 0),
  );
  return () => bare;
}

function checkRunning(card: Card, running: readonly RunningGpu[]): void {
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  const known = new Set(card.pieces.map(({ name }) => name));
  const ids = [...running.map(({ id }) => id), ...running.flatMap(({ pieces }) => pieces.map(({ id }) => id))];
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined)
    fail(`the name "${twice}"`, "stands twice in the running plan", "give each GPU and piece one of its own");
  for (const { id, pieces } of running) {
    for (const [i, { piece, start, id: own }] of pieces.entries()) {
      if (!known.has(piece))
        fail(
          `piece "${own}"`,
          `is a ${piece}, which ${card.name} does not have here`,
          `re-plan with pieces of ${[...known].join(", ")}`,
        );
      if (!card.starts(pieces.slice(0, i), piece).includes(start))
        fail(
          `GPU "${id}" of the running plan`,
          "has pieces that do not fit together",
          "check it with partitune layouts",
        );
    }
  }
}
