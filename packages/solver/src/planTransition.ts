import {
  canonicalJson,
  type FleetGpu,
  type FleetPlan,
  type FleetService,
  type FleetStep,
  type FleetTransition,
  InputError,
  type Made,
} from "@partitune/schema";
import type { OrderContext } from "./actOrder.ts";
import { criticalSeconds } from "./criticalSeconds.ts";
import { toFitting, toWorld, type World } from "./fleetWorld.ts";
import { orderActs } from "./orderActs.ts";
import { type Act, isSame, type OrderedAct, runsOn, toActs } from "./transitionActs.ts";
import { findDips } from "./transitionDips.ts";
import { toHelperPlaces } from "./transitionHelpers.ts";
import { adjustStep, assumedStepSeconds, type StepSeconds, toSteps } from "./transitionSteps.ts";

/** What of a plan a transition rests on. */
export type TransitionEnd = Pick<FleetPlan, "devices" | "services" | "gpus" | "synthetic">;

export interface TransitionOptions {
  readonly made: Made;
  /** Part of every service's rate that may find no place on the way, by default 0. */
  readonly allowedLoss?: number;
  /** Cards that may be used on the way and are in neither plan, by default 0. */
  readonly spares?: number;
  /** How long steps take, by default {@link assumedStepSeconds}. */
  readonly seconds?: Partial<StepSeconds>;
}

/**
 * How a running fleet becomes another one: steps such that after each the layout of every card is legal, no piece is given up while anybody runs
 * on it, memory suffices, and every service of both fleets keeps the greater of its rates, as far as both fleets can answer it.
 *
 * What is new is started before what is old is drained; where there is no room for that, a temporary piece takes over, in free room or on a spare
 * card; where there is none, the dip is stated. Pieces, tenants and cards are the same when they have the same names. While old and new
 * neighbours of a piece run at once, it may be slowed down more than planned, unless it is a MIG instance.
 *
 * @throws InputError when one of the plans is not legal by itself, or a card is of another kind in each
 */
export function planTransition(
  before: TransitionEnd,
  after: TransitionEnd,
  options: TransitionOptions,
): FleetTransition {
  const { allowedLoss = 0, spares = 0 } = options;
  const seconds = { ...assumedStepSeconds, ...options.seconds };
  const devices = [...new Map([...before.devices, ...after.devices].map((device) => [device.name, device])).values()];
  checkEnds(before, after);
  const services = servicesOfBoth(before, after);
  const floors = new Map(services.map(({ name, ratePerSecond }) => [name, ratePerSecond * (1 - allowedLoss)]));
  const helpers = toHelperPlaces([...before.gpus, ...after.gpus], spareNames(before, after, spares));
  const context: OrderContext = { fitting: toFitting(devices), floors, helpers };
  const acts = orderAll(firstWorld(before, after, helpers.spares), toActs(before.gpus, after.gpus), context);
  const deadlines = new Map([...before.services, ...after.services].map((each) => [each.name, each.deadlineSeconds]));
  const changes = toSteps(acts, before.gpus, { seconds, deadlines, floors });
  const planned = [...changes, ...routeSteps(before.gpus, after.gpus)];
  const dips = findDips(before.gpus, planned, floors);
  const steps = warnOfDips(planned, dips);
  const used = new Set(steps.map(({ gpu }) => gpu));
  return {
    kind: "fleet-transition",
    version: 1,
    made: options.made,
    devices,
    services,
    allowedLoss,
    before: before.gpus,
    after: after.gpus,
    steps,
    dips,
    seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
    criticalSeconds: criticalSeconds(steps, tenantServices(before.gpus)),
    spares: helpers.spares.filter((gpu) => used.has(gpu)),
    changed: countChanged(before.gpus, after.gpus),
    synthetic: before.synthetic || after.synthetic,
  };
}

/** The steps, with a warning where a dip begins. */
function warnOfDips(steps: readonly FleetStep[], dips: FleetTransition["dips"]): readonly FleetStep[] {
  return steps.map((step, at) => {
    const own = dips.filter(({ from }) => from === at);
    if (own.length === 0) return step;
    const lacks = own.map(
      ({ service, to, missingPerSecond }) =>
        `${service} may lack up to ${Number(missingPerSecond.toPrecision(3))} requests/s until step ${to + 1}`,
    );
    return { ...step, check: `somebody agrees that ${lacks.join(" and ")}` };
  });
}

/** Services of both fleets; the rate is the greater one, as far as both can answer it. */
function servicesOfBoth(before: TransitionEnd, after: TransitionEnd): readonly FleetService[] {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const [can, could] = [capacityOf(after.gpus), capacityOf(before.gpus)];
  return after.services.flatMap((service) => {
    const was = old.get(service.name);
    if (was === undefined) return [];
    const most = Math.min(can.get(service.name) ?? 0, could.get(service.name) ?? 0);
    return [{ ...service, ratePerSecond: Math.min(most, Math.max(was.ratePerSecond, service.ratePerSecond)) }];
  });
}

function capacityOf(gpus: readonly FleetGpu[]): ReadonlyMap<string, number> {
  return toWorld(gpus).capacity;
}

/** The running fleet, with the cards that are to be taken into use, and spare ones of the kind and mode most common. */
function firstWorld(before: TransitionEnd, after: TransitionEnd, spares: readonly string[]): World {
  const world = toWorld(before.gpus);
  for (const { id, device, powerMode } of after.gpus) {
    if (!world.gpus.has(id)) world.gpus.set(id, { device, powerMode, pieces: new Map() });
  }
  const kinds = Map.groupBy([...before.gpus, ...after.gpus], ({ device, powerMode }) =>
    JSON.stringify([device, powerMode]),
  );
  const common = [...kinds.values()].toSorted((a, b) => b.length - a.length)[0]?.[0];
  for (const spare of common === undefined ? [] : spares) {
    world.gpus.set(spare, { device: common!.device, powerMode: common!.powerMode, pieces: new Map() });
  }
  return world;
}

function spareNames(before: TransitionEnd, after: TransitionEnd, count: number): readonly string[] {
  const taken = new Set([...before.gpus, ...after.gpus].map(({ id }) => id));
  const names: string[] = [];
  for (let n = 0; names.length < count; n += 1) if (!taken.has(`spare${n}`)) names.push(`spare${n}`);
  return before.gpus.length + after.gpus.length === 0 ? [] : names;
}

/** Acts that have neither a card nor a service in common are ordered apart. */
function orderAll(first: World, acts: readonly OrderedAct[], context: OrderContext): readonly Act[] {
  let world = first;
  const done: Act[] = [];
  for (const group of connected(acts)) {
    const position = new Map(group.map((at, i) => [at, i]));
    const own = group.map((at): OrderedAct => {
      return { act: acts[at]!.act, first: acts[at]!.first.map((each) => position.get(each)!) };
    });
    const order = orderActs(world, own, context);
    world = order.world;
    done.push(...order.acts);
  }
  return done;
}

/** Positions of acts in groups that share cards or services. */
function connected(acts: readonly OrderedAct[]): readonly (readonly number[])[] {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    while ((parent.get(at) ?? at) !== at) at = parent.get(at)!;
    parent.set(key, at);
    return at;
  };
  for (const { act } of acts)
    for (const service of servicesOf(act)) parent.set(root(`service ${service}`), root(`gpu ${act.gpu}`));
  return [...Map.groupBy(acts.keys(), (at) => root(`gpu ${acts[at]!.act.gpu}`)).values()];
}

function servicesOf(act: Act): readonly string[] {
  if (act.kind === "cut" || act.kind === "clear") return act.piece.tenants.map(({ service }) => service);
  if (act.kind === "leave" || act.kind === "join") return act.tenants.map(({ service }) => service);
  return act.kind === "mode" ? [] : [act.tenant.service];
}

/** At the end: the requests that each tenant is sent, where they or what was expected of it changed. */
function routeSteps(before: readonly FleetGpu[], after: readonly FleetGpu[]): readonly FleetStep[] {
  const old = new Map(before.map(({ id, pieces }) => [id, pieces]));
  return after.flatMap(({ id: gpu, pieces }) =>
    pieces.flatMap((piece) => {
      const was = old.get(gpu)?.find((each) => isSame(each, piece));
      return piece.tenants.flatMap((tenant): readonly FleetStep[] => {
        const own = was?.tenants.find((each) => runsOn(each, tenant));
        if (own === undefined || canonicalJson(own) === canonicalJson(tenant)) return [];
        const adjusted = ["batch", "maxDelaySeconds", "capacityPerSecond"] as const;
        const isDone = adjusted.some((key) => own[key] !== tenant[key]);
        return isDone ? [] : [adjustStep(gpu, piece.id, own, tenant, 0)];
      });
    }),
  );
}

function tenantServices(gpus: readonly FleetGpu[]): ReadonlyMap<string, string> {
  return new Map(
    gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants.map((each) => [each.id, each.service]))),
  );
}

/** What of one fleet is still there in the other. */
function countChanged(before: readonly FleetGpu[], after: readonly FleetGpu[]): FleetTransition["changed"] {
  const next = new Map(after.map(({ id, pieces }) => [id, pieces]));
  const count = (gpus: readonly FleetGpu[], of: (piece: FleetGpu["pieces"][number]) => number) =>
    gpus.reduce((sum, { pieces }) => sum + pieces.reduce((all, piece) => all + of(piece), 0), 0);
  let [stay, kept, adjusted] = [0, 0, 0];
  for (const { id, pieces } of before) {
    for (const piece of pieces) {
      const other = next.get(id)?.find((each) => isSame(piece, each));
      if (other === undefined) continue;
      stay += 1;
      for (const tenant of piece.tenants) {
        const own = other.tenants.find((each) => runsOn(tenant, each));
        if (own === undefined) continue;
        if (own.batch === tenant.batch && own.maxDelaySeconds === tenant.maxDelaySeconds) kept += 1;
        else adjusted += 1;
      }
    }
  }
  const tenants = count(before, (piece) => piece.tenants.length) + count(after, (piece) => piece.tenants.length);
  return {
    pieces: count(before, () => 1) + count(after, () => 1) - 2 * stay,
    tenants: tenants - 2 * kept - adjusted,
    kept,
  };
}

function checkEnds(before: TransitionEnd, after: TransitionEnd): void {
  const old = new Map(before.gpus.map((gpu) => [gpu.id, gpu]));
  const other = after.gpus.find(({ id, device }) => old.has(id) && old.get(id)!.device !== device);
  if (other !== undefined)
    throw new InputError({
      what: `GPU "${other.id}"`,
      problem: `is a ${old.get(other.id)!.device} in one plan and a ${other.device} in the other`,
      advice: "give each card a name of its own",
    });
  for (const [which, { gpus }] of [
    ["running", before],
    ["new", after],
  ] as const) {
    const ids = gpus.flatMap(({ id, pieces }) => [
      `GPU "${id}"`,
      ...pieces.flatMap((piece) => [`piece "${piece.id}"`, ...piece.tenants.map((tenant) => `tenant "${tenant.id}"`)]),
    ]);
    const seen = new Set<string>();
    for (const id of ids) {
      if (seen.has(id))
        throw new InputError({
          what: id,
          problem: `stands twice in the ${which} plan`,
          advice: "give each a name of its own",
        });
      seen.add(id);
    }
  }
}
