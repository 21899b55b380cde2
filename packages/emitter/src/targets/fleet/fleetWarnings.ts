import type { FleetPiece, Warning } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import type { FleetCard } from "./fleetCards.ts";

/** What an operator of any bundle of a fleet plan should know. */
export function fleetWarnings(
  cards: readonly FleetCard[],
  synthetic: boolean,
  { name }: Pick<EmitOptions, "name">,
): readonly Warning[] {
  const warnings = cards.flatMap(powerWarning);
  if (!synthetic) return warnings;
  const warning = {
    code: "synthetic",
    where: `plan "${name}"`,
    cause: "its promises rest on synthetic measurements, not on these cards",
    advice: "measure the workloads, plan again and emit that plan",
  };
  return [...warnings, warning];
}

function powerWarning({ id, powerMode, kind }: FleetCard): readonly Warning[] {
  if (powerMode === kind.powerModes[0]!.name) return [];
  const cause = `its promises hold in power mode "${powerMode}", which these scripts do not set`;
  return [
    {
      code: "power-mode",
      where: `card "${id}"`,
      cause,
      advice: "emit the card for nvidia-smi, too, and apply that first",
    },
  ];
}

/** The tenants of a piece that are planned to take turns batch by batch; none when it has one. */
export function turnsOf({ tenants }: FleetPiece): string | undefined {
  return tenants.length > 1 ? tenants.map(({ id }) => `"${id}"`).join(" and ") : undefined;
}

/** Tenants of MIG instances that are planned to take turns batch by batch, which nothing on an instance enforces. */
export function turnsWarnings(cards: readonly FleetCard[]): readonly Warning[] {
  return cards.flatMap(({ pieces }) =>
    pieces.flatMap((piece) => {
      const tenants = turnsOf(piece);
      if (tenants === undefined) return [];
      const cause = `${tenants} are planned to take turns batch by batch; on a MIG instance the driver slices their time instead`;
      const advice = "measure their latencies, or plan a piece for each";
      return [{ code: "turns-not-kept", where: `piece "${piece.id}"`, cause, advice }];
    }),
  );
}
