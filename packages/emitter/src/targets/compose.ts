import type { FleetPlan, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { composeFile } from "./compose/composeFile.ts";
import { composeReadme } from "./compose/composeReadme.ts";
import { fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings } from "./fleet/fleetWarnings.ts";
import { imagesOf } from "./services/containerEnvironment.ts";
import {
  commonFile,
  piecesFile,
  planFile,
  scriptFile,
  textFile,
  turnWarnings,
  valuesFile,
} from "./services/fleetBundle.ts";
import { piecesOf, tenantsOf } from "./services/fleetParts.ts";
import { memoryWarnings, needsMps, percentRefusals } from "./services/mpsLimits.ts";
import { bothSharingsRefusals, taskRefusals, turnsInShareRefusals } from "./services/servingRefusals.ts";
import { uniqueNames } from "./services/uniqueNames.ts";
import { yamlText } from "./services/yamlText.ts";

/**
 * Docker Compose on one host: a service for each tenant on its piece, with its limits as a client of the host's MPS daemons, and scripts that look up
 * the pieces' UUIDs, which exist only once they are created.
 *
 * Refused: pieces that a container cannot be put on from outside, turns on MPS shares, turns beside several processes. Cutting cards and starting
 * MPS daemons is not said here: the bundles for mig and mps do that before. Needs an image for each workload.
 */
export const compose: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const refusals = refusalsOf(plan, fleetRefusals(cards, "compose", ["whole", "mig", "mps-share"]));
  if (refusals.length > 0) return { status: "refused", refusals };
  const images = imagesOf(plan, options, "compose");
  const tenants = tenantsOf(plan, options);
  const labels = uniqueNames(tenants.map(({ tenant }) => tenant.id));
  const names = new Map(tenants.map(({ tenant }, i) => [tenant.id, labels[i]!]));
  const script = (path: string) => scriptFile(new URL(`compose/${path}`, import.meta.url), path, path !== "compose.sh");
  const warnings: readonly Warning[] = [
    ...fleetWarnings(cards, plan.synthetic, options),
    ...turnWarnings(plan),
    ...memoryWarnings(plan),
  ];
  return {
    status: "emitted",
    files: [
      ...["check.sh", "apply.sh", "status.sh", "undo.sh", "compose.sh"].map(script),
      commonFile(),
      piecesFile(),
      valuesFile(plan, options, {
        variables: { images: [...new Set(images.values())].join(" ") },
        lists: {
          piece: piecesOf(plan, options).map((placed) => [
            placed.n,
            placed.piece.id,
            placed.card.gpu,
            placed.piece.partition.kind,
            placed.piece.partition.kind === "mig" ? placed.piece.partition.profile : "",
            placed.nth,
            needsMps(placed) ? "yes" : "no",
            placed.c,
          ]),
          service: tenants.map(({ tenant }) => [names.get(tenant.id)!, tenant.processes, tenant.id]),
        },
      }),
      textFile("compose.yaml", yamlText([composeFile(tenants, names, images)])),
      planFile(plan),
      textFile("README.md", composeReadme(plan, options, names)),
    ],
    warnings,
  };
}

function refusalsOf(plan: FleetPlan, general: readonly Refusal[]): readonly Refusal[] {
  if (general.length > 0) return general;
  return [
    ...turnsInShareRefusals(plan),
    ...bothSharingsRefusals(plan),
    ...percentRefusals(piecesOf(plan)),
    ...taskRefusals(plan),
  ];
}
