import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { fleetReadme } from "../services/fleetReadme.ts";
import { type Host, startedTenants, wantedUnits } from "./hostOf.ts";

/** Words for the operator of a host, in Markdown. */
export function systemdReadme(plan: FleetPlan, options: EmitOptions, host: Host): string {
  const { id } = host;
  const started = startedTenants(host).length > 0;
  const expects = started
    ? `\nTenants are started from ${code(options.directory)}, with partitune in ${code(options.home)}; their sockets are in \`/run/partitune/systemd-${id}\`.\n`
    : "";
  const usage = `    ./check.sh     can this host run it? one line for each thing looked at; changes nothing
    ./apply.sh     install the units, start them now and at every boot, and read that back; may be repeated
    ./status.sh    is every unit active?
    ./undo.sh      stop and remove them, which puts power and instances back as they were; may be repeated

All of them need root. Units go to \`/etc/systemd/system\`, what they call to \`/etc/partitune/${id}\`. \`systemctl stop partitune-${id}.target\` stops all of it,
\`journalctl -u 'partitune-${id}_*'\` shows what it says.
${expects}
Units: ${wantedUnits(host).map(code).join(", ")}.`;
  const named = new Map(
    host.tenants.map(({ placed, unit, refusal }) => [placed.tenant.id, refusal === "" ? unit : "no unit"]),
  );
  return fleetReadme(plan, options, {
    title: "for a host with systemd",
    usage,
    notes: [
      "MIG instances are made by nvidia-mig-manager at every boot, from `mig-parted.yaml`. nvidia-mig-parted clears a card that is cut otherwise, and leaves the places of instances to the driver; comments have the planned ones.",
      "Power limits are put back as they were when their unit stops; clocks are unlocked, since the driver does not say how they were.",
      "A card that is divided into shares is taken for MPS alone (compute mode EXCLUSIVE_PROCESS) while its daemon's unit is active.",
      "MPS shares are limits, not reservations; processes of one tenant divide its share.",
      "`undo.sh` restores instances with what `nvidia-mig-parted export` said before, of sizes and not of places.",
    ],
    nameOf: (tenant) => named.get(tenant)!,
  });
}
