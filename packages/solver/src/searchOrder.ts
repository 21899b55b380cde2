import type { ActOrder, OrderContext } from "./actOrder.ts";
import { copyWorld, type World } from "./fleetWorld.ts";
import { hasRoom, performAct } from "./performAct.ts";
import { shortage } from "./shortage.ts";
import { type Act, isLoss, type OrderedAct } from "./transitionActs.ts";
import { helperFor } from "./transitionHelpers.ts";

/** States that the search looks at. */
const mostStates = 4000;

/**
 * An order of acts with fewer temporary pieces than one that is known, or none that dips: every order, with no temporary piece, then with one more
 * each time.
 *
 * @returns null when there is none, or none was found among the states looked at
 */
export function searchOrder(
  world: World,
  acts: readonly OrderedAct[],
  context: OrderContext,
  known: ActOrder,
): ActOrder | null {
  const most = known.dips > 0 ? known.helpers + 2 : known.helpers - 1;
  let states: readonly Searched[] = [{ world, left: acts.map(() => true), helpers: [], acts: [] }];
  const seen = new Set<string>();
  let visited = 0;
  for (let helpers = 0; helpers <= most && visited < mostStates; helpers += 1) {
    const reached: Searched[] = [];
    const open = [...states];
    for (let state = open.pop(); state !== undefined && visited < mostStates; state = open.pop()) {
      const key = keyOf(state);
      if (seen.has(key)) continue;
      seen.add(key);
      visited += 1;
      if (!state.left.includes(true) && state.helpers.length === 0) {
        return { acts: state.acts, world: state.world, helpers, dips: 0 };
      }
      reached.push(state);
      open.push(...successors(state, acts, context));
    }
    states = reached.flatMap((state) => withHelper(state, acts, context));
  }
  return null;
}

interface Searched {
  readonly world: World;
  readonly left: readonly boolean[];
  /** Temporary pieces, as the acts that give them up. */
  readonly helpers: readonly Act[];
  readonly acts: readonly Act[];
}

function keyOf({ left, helpers }: Searched): string {
  const places = helpers.flatMap((act) =>
    "piece" in act ? [JSON.stringify([act.gpu, act.piece.partition, act.piece.tenants[0]?.service])] : [],
  );
  return `${left.map(Number).join("")} ${places.sort().join()}`;
}

/** What can be done next: acts that add capacity before those that take it. */
function successors(state: Searched, acts: readonly OrderedAct[], context: OrderContext): readonly Searched[] {
  const ready = [...acts.keys()].filter((at) => state.left[at] && acts[at]!.first.every((each) => !state.left[each]));
  const possible = ready.filter((at) => {
    const { act } = acts[at]!;
    return hasRoom(state.world, context.fitting, act) && shortage(state.world, context.floors, [act]).size === 0;
  });
  const losses = possible.filter((at) => isLoss(acts[at]!.act));
  const gains = possible.filter((at) => !isLoss(acts[at]!.act));
  const given = state.helpers.filter((act) => shortage(state.world, context.floors, [act]).size === 0);
  return [
    ...given.map((act) => after(state, act, { helpers: state.helpers.filter((each) => each !== act) })),
    ...[...losses, ...gains].map((at) => after(state, acts[at]!.act, { left: state.left.with(at, false) })),
  ];
}

function withHelper(state: Searched, acts: readonly OrderedAct[], context: OrderContext): readonly Searched[] {
  const losses = acts.flatMap(({ act }, at) => (state.left[at] && isLoss(act) ? [act] : []));
  const short = new Map(losses.flatMap((act) => [...shortage(state.world, context.floors, [act])]));
  const waiting = acts.flatMap(({ act }, at) =>
    state.left[at] && act.kind === "cut" ? [{ gpu: act.gpu, partition: act.piece.partition }] : [],
  );
  return [...short].flatMap(([service, perSecond]): readonly Searched[] => {
    const only = new Map([[service, perSecond]]);
    const reservations = [waiting, ...waiting.map((place) => [place])];
    return reservations.flatMap((reserved) => {
      const act = helperFor(state.world, context.fitting, context.helpers, only, reserved);
      if (act === null) return [];
      const clear: Act = { kind: "clear", gpu: act.gpu, piece: act.piece };
      return [after(state, act, { helpers: [...state.helpers, clear] })];
    });
  });
}

function after(state: Searched, act: Act, changes: Partial<Searched>): Searched {
  const world = copyWorld(state.world);
  performAct(world, act);
  return { ...state, ...changes, world, acts: [...state.acts, act] };
}
