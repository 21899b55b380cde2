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
