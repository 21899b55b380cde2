import { cardPlacements } from "./cardPlacements.ts";
import { type ChangeCosts, type ChangeCount, countChanges, defaultChangeCosts } from "./changeCost.ts";
import { checkRunning } from "./checkRunning.ts";
import { matchLayout } from "./matchLayout.ts";
import { loadHighs } from "./methods/loadHighs.ts";
import type { Card } from "./packing/card.ts";
import { findUnservable, toChoices } from "./packing/choices.ts";
import { type BoundedPacking, packChoices } from "./packing/columnGeneration.ts";
import type { Layout, Unservable } from "./packing/layout.ts";
import type { PackingProblem } from "./packing/packingProblem.ts";
import { toBase } from "./replanBase.ts";
import { replanByCounts } from "./replanByCounts.ts";
import type { ReplanContext } from "./replanContext.ts";
import { costOf, type Draft, gpusUsed, nameDraft } from "./replanDraft.ts";
import { replanGreedily } from "./replanGreedily.ts";
import { type Found, polish, repair } from "./replanRepair.ts";
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
  let found: Found = repair(context, running, replanGreedily(context, nameGpu), mostGpus, newName, mostOpen);
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
