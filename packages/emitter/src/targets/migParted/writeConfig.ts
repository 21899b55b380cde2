import type { FleetCard } from "../fleet/fleetCards.ts";
import { deviceIds } from "./deviceIds.ts";

/**
 * The cards as a configuration of nvidia-mig-parted, in YAML. Nothing in it is a name that a user chose: the configuration is called after the plan's
 * id, and profiles and places have a form of their own.
 *
 * @param configuration  letters, digits and dashes
 * @see NVIDIA/mig-parted, api/spec/v1
 */
export function writeConfig(cards: readonly FleetCard[], configuration: string): string {
  const entries = cards.map((card) => {
    const ids = deviceIds(card.kind);
    const filter = ids.length === 0 ? "" : `      device-filter: ${JSON.stringify(ids)}\n`;
    const devices = [...sizesOf(card)].map(([profile, n]) => `        ${JSON.stringify(profile)}: ${n}\n`);
    return `    # Planned at: ${placesOf(card)}\n    - devices: [${card.gpu}]\n${filter}      mig-enabled: true\n      mig-devices:\n${devices.join("")}`;
  });
  return `version: v1\nmig-configs:\n  ${JSON.stringify(configuration)}:\n${entries.join("")}`;
}

/** How many instances of each profile a card has, the largest first. */
export function sizesOf({ pieces }: FleetCard): ReadonlyMap<string, number> {
  const profiles = pieces.flatMap(({ partition }) => (partition.kind === "mig" ? [partition.profile] : []));
  const sorted = profiles.toSorted((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10) || (a < b ? -1 : 1));
  return new Map([...Map.groupBy(sorted, (profile) => profile)].map(([profile, { length }]) => [profile, length]));
}

function placesOf({ pieces }: FleetCard): string {
  return pieces
    .flatMap(({ partition }) => (partition.kind === "mig" ? [`${partition.profile}@${partition.start ?? "any"}`] : []))
    .join(", ");
}
