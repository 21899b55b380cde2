import type { FleetPlan } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import { piecesOf } from "../services/fleetParts.ts";
import { whereOf } from "../services/servingRefusals.ts";

/** Plans over several kinds of cards: nothing that a cluster publishes of a card is known here but the names of its profiles. */
export function severalKindsRefusals({ gpus }: FleetPlan): readonly Refusal[] {
  const kinds = [...new Set(gpus.map(({ device }) => device))];
  if (kinds.length <= 1) return [];
  const cause = `it has cards of ${kinds.length} kinds ("${kinds.join('", "')}"), and a request cannot tell them apart by these names`;
  return [{ where: "the plan", cause, advice: "plan each kind of card by itself, or choose its cards" }];
}

/** Cards whose power mode is not their default: nothing here sets power, and the scheduler picks the card. */
export function powerRefusals({ gpus, devices }: FleetPlan): readonly Refusal[] {
  return gpus.flatMap(({ id, device, powerMode }) => {
    const standard = devices.find(({ name }) => name === device)!.powerModes[0]!.name;
    if (powerMode === standard) return [];
    const cause = `it is planned in power mode "${powerMode}", which Kubernetes does not set`;
    return [
      { where: `card "${id}"`, cause, advice: `plan with "${standard}" alone, or run it on hosts: systemd sets power` },
    ];
  });
}

/** Several requests for the whole of one card, each of which would get a card of its own. */
export function wholeBesideRefusals(plan: FleetPlan): readonly Refusal[] {
  return piecesOf(plan)
    .filter(({ card, piece }) => piece.partition.kind === "whole" && card.pieces.length > 1)
    .map((placed) => ({
      where: whereOf(placed),
      cause: "it is the whole card, and there are other pieces on it",
      advice: "plan its tenants on one piece",
    }));
}
