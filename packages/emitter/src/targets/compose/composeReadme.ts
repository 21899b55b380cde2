import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { fleetReadme } from "../services/fleetReadme.ts";

const usage = `    ./check.sh     can this host run it? one line for each thing looked at; changes nothing
    ./apply.sh     look up the pieces, start every container and wait until they run; may be repeated
    ./status.sh    does everything run?
    ./undo.sh      stop and remove them; may be repeated

Create the pieces before (emit the plan for \`mig\` and apply that) and start MPS daemons (\`mps\`, or \`mig\` where processes share an instance).
The UUIDs found are kept in \`~/.local/state/partitune\`, or in the folder that \`PARTITUNE_STATE_DIR\` names.`;

const notes = [
  "A container's image starts a server for `PARTITUNE_WORKLOAD` that forms batches up to `PARTITUNE_BATCH` and waits at most `PARTITUNE_MAX_DELAY_S` for one to fill. Publish its ports in an override file, such as `compose.override.yaml`.",
  "Several processes of a tenant are replicas of its service. They, and all clients of a divided card, connect to the host's MPS daemon: they share its IPC namespace (`ipc: host`) and its user.",
  "MPS shares are limits, not reservations; processes of one tenant divide its share.",
  "A new UUID, after instances were made anew, needs another apply.sh.",
] as const;

/** Words for the operator of a host with Docker, in Markdown. */
export function composeReadme(plan: FleetPlan, options: EmitOptions, names: ReadonlyMap<string, string>): string {
  return fleetReadme(plan, options, {
    title: "for Docker Compose",
    usage,
    notes,
    nameOf: (tenant) => names.get(tenant)!,
  });
}
