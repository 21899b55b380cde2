import { readFileSync } from "node:fs";
import type { FleetPiece, FleetPlan, FleetTenant, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile } from "../../emission.ts";
import type { FleetCard } from "./fleetCards.ts";
import { fleetReadme } from "./fleetReadme.ts";
import { type Variables, writeFleetValues } from "./writeFleetValues.ts";

/** What one target adds to the scripts that all fleet plans share. */
export interface FleetTarget {
  readonly name: string;
  /** Its own functions, as a shell file beside the target. */
  readonly device: URL;
  /** Shared files that its functions read. */
  readonly libraries: readonly ("nvidia.sh" | "migInstances.sh" | "mpsDaemon.sh")[];
  /** True when it can start tenants. */
  readonly runs: boolean;
  readonly variables: Variables;
  readonly cardVariables: (card: FleetCard) => Variables;
  readonly pieceVariables: (piece: FleetPiece, card: FleetCard) => Variables;
  readonly tenantVariables: (tenant: FleetTenant, piece: FleetPiece) => Variables;
  /** Words for the operator. */
  readonly title: string;
  readonly notes: readonly string[];
  readonly files: readonly EmittedFile[];
}

const operated = ["check.sh", "apply.sh", "status.sh", "undo.sh"];

/** The scripts of a fleet plan: the same for every plan; what differs stands in values.sh, which holds nothing but quoted values. */
export function fleetBundle(
  plan: FleetPlan,
  cards: readonly FleetCard[],
  target: FleetTarget,
  options: EmitOptions,
  warnings: readonly Warning[],
): Emission {
  const calls = target.runs ? [...operated, "run.sh"] : operated;
  const shared = [...calls, "common.sh", "tenants.sh", ...target.libraries];
  const files = [
    ...shared.map((path) => script(path, new URL(path, import.meta.url), calls.includes(path))),
    script("device.sh", target.device, false),
    { path: "values.sh", content: writeFleetValues(plan, cards, target, options), executable: false },
    ...target.files,
    { path: "plan.json", content: `${JSON.stringify(plan, null, 2)}\n`, executable: false },
    { path: "README.md", content: fleetReadme(plan, cards, target, options), executable: false },
  ];
  return { status: "emitted", files, warnings };
}

function script(path: string, source: URL, executable: boolean): EmittedFile {
  return { path, content: readFileSync(source, "utf8"), executable };
}
