import { InputError } from "@partitune/schema";
import type { ActOrder, OrderContext } from "./actOrder.ts";
import { copyWorld, type World } from "./fleetWorld.ts";
import { hasRoom, performAct } from "./performAct.ts";
import { searchOrder } from "./searchOrder.ts";
import { shortage } from "./shortage.ts";
import { type Act, isLoss, type OrderedAct } from "./transitionActs.ts";
import { helperFor, type Reserved } from "./transitionHelpers.ts";

/** Cards up to which all orders are searched. */
const mostSearched = 2;

/**
 * An order of acts in which every layout is legal and every service keeps its capacity: whatever adds capacity is done as soon as it has room, and
 * what stands in the way is cleared as soon as the others suffice. Where nothing goes on, a temporary piece takes over; where there is no room
 * for one, a service dips.
 *
 * On up to two cards all orders are searched when that one needs help, and the one with fewest temporary pieces is taken.
 */
export function orderActs(world: World, acts: readonly OrderedAct[], context: OrderContext): ActOrder {
  const order = orderGreedily(copyWorld(world), acts, context);
  const cards = new Set(acts.map(({ act }) => act.gpu)).size;
  if ((order.helpers === 0 && order.dips === 0) || cards > mostSearched) return order;
  return searchOrder(world, acts, context, order) ?? order;
}

function total(shortages: ReadonlyMap<string, number>): number {
  return [...shortages.values()].reduce((sum, each) => sum + each, 0);
}

/** Acts that are left, and temporary pieces that are to be given up once they are of no use. */
interface Agenda {
  readonly left: Map<number, OrderedAct>;
  readonly helpers: Act[];
}

function orderGreedily(world: World, acts: readonly OrderedAct[], context: OrderContext): ActOrder {
  const agenda: Agenda = { left: new Map(acts.entries()), helpers: [] };
  const done: Act[] = [];
  let [helpers, dips] = [0, 0];
  const perform = (act: Act) => {
    performAct(world, act);
    done.push(act);
  };
  const performAt = (at: number) => {
    perform(agenda.left.get(at)!.act);
    agenda.left.delete(at);
  };
  for (;;) {
    const free = freeGain(world, agenda, context);
    if (free !== null) {
      performAt(free);
      continue;
    }
    const target = nextTarget(world, agenda, context);
    if (target === null) break;
    if (target.shortages.size > 0 && helpers < 2 * acts.length) {
      const help = helperFor(world, context.fitting, context.helpers, target.shortages, target.reserved);
      if (help !== null) {
        agenda.helpers.push({ kind: "clear", gpu: help.gpu, piece: help.piece });
        helpers += 1;
        perform(help);
        continue;
      }
    }
    if (target.shortages.size > 0) dips += 1;
    for (const act of target.helpers) {
      agenda.helpers.splice(agenda.helpers.indexOf(act), 1);
      perform(act);
    }
    for (const at of target.losses) performAt(at);
  }
  for (const act of agenda.helpers) perform(act);
  for (const { act } of agenda.left.values()) throw unreachable(act);
  return { acts: done, world, helpers, dips };
}

function unreachable({ gpu }: Act): InputError {
  return new InputError({
    what: `GPU "${gpu}" of the new plan`,
    problem: "has no room for its pieces and their memory, or shares a name with another",
    advice: "check the new plan: layout, memory and names must be legal by themselves",
  });
}

function isReady({ left }: Agenda, { first }: OrderedAct): boolean {
  return first.every((at) => !left.has(at));
}

/** The first act that takes no capacity and can be done at once. */
function freeGain(world: World, agenda: Agenda, { fitting }: OrderContext): number | null {
  for (const [at, ordered] of agenda.left) {
    if (!isLoss(ordered.act) && isReady(agenda, ordered) && hasRoom(world, fitting, ordered.act)) return at;
  }
  return null;
}

/** What is to be cleared next, and what services lack if it is. */
interface Target {
  readonly losses: readonly number[];
  readonly helpers: readonly Act[];
  readonly shortages: ReadonlyMap<string, number>;
  /** Places that no temporary piece may take. */
  readonly reserved: readonly Reserved[];
}

/** The losses that some act waits for and that cost least; when none waits, a loss that can be borne. Null when nothing is left. */
function nextTarget(world: World, agenda: Agenda, context: OrderContext): Target | null {
  const targets: Target[] = [];
  for (const ordered of agenda.left.values()) {
    if (isLoss(ordered.act)) continue;
    const target = inTheWay(world, agenda, context, ordered);
    if (target !== null) targets.push(target);
  }
  const waiting = targets.filter(({ losses, helpers }) => losses.length + helpers.length > 0);
  const losses = [...agenda.left].filter(([, { act }]) => isLoss(act)).filter(([, each]) => isReady(agenda, each));
  const alone = losses.map(([at, { act }]): Target => {
    return { losses: [at], helpers: [], shortages: shortage(world, context.floors, [act]), reserved: [] };
  });
  const all = waiting.length > 0 ? waiting : alone;
  const weight = ({ losses, helpers, shortages }: Target) => [total(shortages), losses.length + helpers.length];
  return all.toSorted((a, b) => weight(a)[0]! - weight(b)[0]! || weight(a)[1]! - weight(b)[1]!)[0] ?? null;
}

/** What has to be cleared for an act: what comes first in any case, and what has its place. */
function inTheWay(world: World, agenda: Agenda, context: OrderContext, { act, first }: OrderedAct): Target | null {
  const before = closure(agenda, first);
  if (before.some((at) => !isLoss(agenda.left.get(at)!.act))) return null;
  const trial = copyGpu(world, act.gpu);
  const losses = [...before];
  for (const at of losses) performAct(trial, agenda.left.get(at)!.act);
  const helpers: Act[] = [];
  const others = [...agenda.left].filter(
    ([at, { act: other }]) => other.gpu === act.gpu && isLoss(other) && !losses.includes(at),
  );
  const ready = others.filter(([, ordered]) => isReady(agenda, ordered));
  const cost = (other: Act) => total(shortage(world, context.floors, [other]));
  const queue: (readonly [number | null, Act])[] = [
    ...agenda.helpers.filter(({ gpu }) => gpu === act.gpu).map((each) => [null, each] as const),
    ...ready.map(([at, ordered]) => [at, ordered.act] as const).toSorted((a, b) => cost(a[1]) - cost(b[1])),
  ];
  for (const [at, other] of queue) {
    if (hasRoom(trial, context.fitting, act)) break;
    if (!isInTheWay(context, trial, act, other)) continue;
    performAct(trial, other);
    if (at === null) helpers.push(other);
    else losses.push(at);
  }
  if (!hasRoom(trial, context.fitting, act)) return null;
  const cleared = [...helpers, ...losses.map((at) => agenda.left.get(at)!.act)];
  const reserved = act.kind === "cut" ? [{ gpu: act.gpu, partition: act.piece.partition }] : [];
  return { losses, helpers, shortages: shortage(world, context.floors, cleared), reserved };
}

/** Positions of acts that are left and come first, each after those that it waits for itself. */
function closure({ left }: Agenda, first: readonly number[]): readonly number[] {
  const found: number[] = [];
  const visit = (at: number) => {
    const ordered = left.get(at);
    if (ordered === undefined || found.includes(at)) return;
    for (const each of ordered.first) visit(each);
    found.push(at);
  };
  for (const at of first) visit(at);
  return found;
}

/** Whether clearing a piece can make room: of a MIG instance only when both claim a memory slice, or the names are the same. */
function isInTheWay({ fitting }: OrderContext, world: World, act: Act, other: Act): boolean {
  if (act.kind === "mode" || other.kind === "lower" || act.kind !== "cut" || other.kind !== "clear") return true;
  const { device } = world.gpus.get(act.gpu)!;
  if (act.piece.id === other.piece.id || act.piece.partition.kind !== "mig") return true;
  return !fitting.holds(device, [act.piece.partition, other.piece.partition]);
}

/** One card of the world, to try things on. */
function copyGpu(world: World, gpu: string): World {
  return copyWorld({ ...world, gpus: new Map([[gpu, world.gpus.get(gpu)!]]) });
}
