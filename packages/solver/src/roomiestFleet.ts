import type { FleetPacking } from "./fleetPacking.ts";
import { findUnservable, toChoices } from "./packing/choices.ts";
import type { ExactOptions } from "./packing/columnGeneration.ts";
import { fillRoom } from "./packing/fillRoom.ts";
import { highestLoadFactor } from "./packing/highestLoadFactor.ts";
import type { PackingName } from "./packing/index.ts";
import type { Layout } from "./packing/layout.ts";
import { layoutValue } from "./packing/layoutValue.ts";
import { mostHeadroom } from "./packing/mostHeadroom.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** What a plan on a given number of GPUs can be made to have most of. */
export const roomObjectives = {
  /** The least capacity over rate of any service, and then whatever room is left. */
  headroom: { name: "least capacity over rate", unit: "" },
  /** The factor by which all rates may grow together. */
  load: { name: "load factor", unit: "" },
} as const;

export type RoomObjective = keyof typeof roomObjectives;

/**
 * Packs services on so many GPUs that they can bear most: of capacity over rate for whoever has least (`headroom`, by bisection and an exact
 * model; what room is left then goes to whoever has least), or the factor on all rates (`load`, by bisection, for many services).
 *
 * @param gpus  whole, at least 1
 * @returns infeasible when even the stated rates are too much for so many GPUs
 * @throws InputError when `gpus` is no such number
 */
export async function roomiestFleet(
  fleet: FleetProblem,
  objective: RoomObjective,
  gpus: number,
  options: ExactOptions = {},
): Promise<FleetPacking> {
  const choices = toChoices(fleet.problem);
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  if (choices.services.length === 0)
    return { status: "infeasible", reason: "nobody sends requests, so that there is nothing to have room for" };
  const found = objective === "headroom" ? await byHeadroom(fleet, gpus, options) : await byLoad(fleet, gpus, options);
  if (found === null) return { status: "unknown", reason: "no plan was found in time; allow more with --time-limit" };
  const asked = 1 + (fleet.problem.headroom ?? 0);
  const value = found.layout === null ? asked * found.factor : layoutValue(fleet.problem, found.layout).loadFactor;
  if (found.layout === null || value < asked * (1 - 1e-9)) return tooFew(gpus, value / asked, found.bound);
  const bound = Math.max(value, found.bound * asked);
  const gap = (bound - value) / value;
  return {
    status: "packed",
    layouts: [{ fleet, layout: found.layout }],
    optimality: {
      method: found.method,
      status: gap <= 1e-6 ? "optimal" : "feasible",
      objective: roomObjectives[objective],
      value,
      bound,
      gap,
    },
  };
}

/** A factor on the needs, which hold the headroom that was asked for. */
interface Room {
  readonly layout: Layout | null;
  readonly factor: number;
  readonly bound: number;
  readonly method: PackingName;
}

/**
 * The exact model is the better of the two where services are few, bisection where they are many; the exact model is left out when bisection leaves
 * nothing to find.
 */
async function byHeadroom(fleet: FleetProblem, gpus: number, options: ExactOptions): Promise<Room | null> {
  const { problem } = fleet;
  const load = await byLoad(fleet, gpus, options);
  const settled = load !== null && load.bound <= load.factor * (1 + smallGap);
  const exact =
    settled || problem.card.patterns === null
      ? null
      : await mostHeadroom(problem, gpus, { ...options, relativeGap: smallGap });
  const bound = Math.min(
    load?.bound ?? Number.POSITIVE_INFINITY,
    exact?.status === "packed" ? exact.bound : Number.POSITIVE_INFINITY,
  );
  if (exact?.status === "packed" && exact.factor >= (load?.factor ?? 0)) return { ...exact, bound, method: "milp" };
  return load && { ...load, bound, layout: load.layout && fillRoom(toChoices(problem), load.layout, gpus) };
}

/** Relative gap that is not worth further search. */
const smallGap = 1e-3;

async function byLoad({ problem }: FleetProblem, gpus: number, options: ExactOptions): Promise<Room | null> {
  const found = await highestLoadFactor(problem, gpus, options);
  return found && { ...found, method: "column-generation" };
}

function tooFew(gpus: number, factor: number, bound: number): FleetPacking {
  const cards = `${gpus} ${gpus === 1 ? "GPU" : "GPUs"}`;
  const reached = `the best plan found answers ${percent(factor)} of what is asked`;
  if (bound < 1)
    return {
      status: "infeasible",
      reason: `${cards} cannot answer the rates: ${reached}, and none answers more than ${percent(bound)}`,
    };
  return { status: "unknown", reason: `no plan was found in which ${cards} answer the rates: ${reached}` };
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}
