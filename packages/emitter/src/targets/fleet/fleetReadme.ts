import { type FleetPlan, formatPartition } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import type { FleetTarget } from "./fleetBundle.ts";
import type { FleetCard } from "./fleetCards.ts";

/** Words for the operator of a fleet plan's bundle, in Markdown. */
export function fleetReadme(
  plan: FleetPlan,
  cards: readonly FleetCard[],
  { title, notes, runs }: FleetTarget,
  { name, home, directory }: EmitOptions,
): string {
  const synthetic = plan.synthetic
    ? "\n**This plan rests on synthetic measurements. Its promises are examples.**\n"
    : "";
  const run = runs
    ? "    ./run.sh TENANT [COMMAND…]   start a tenant's processes on its piece and stay with them\n"
    : "";
  const started = runs
    ? `\nExpects partitune in ${code(home)} where a tenant is started without a command of its own; starts from ${code(directory)}.\n`
    : "";
  return `# Plan ${code(name)}: ${title}
${synthetic}
    ./check.sh     can these cards take it? one line for each thing looked at; changes nothing
    ./apply.sh     record what is there, set the cards up as planned, read it back; may be repeated
    ./status.sh    are the cards as planned?
${run}    ./undo.sh      take back what was made, and nothing else; also after a crash; may be repeated

All of them need root. What was there before, and what is made, is recorded in \`/var/lib/partitune/fleet\`, or in the folder that
\`PARTITUNE_STATE_DIR\` names, before each change. Sockets and pipes are in \`/run/partitune\`, or in the folder that \`PARTITUNE_RUN_DIR\` names.
${started}
## Cards

${cards.map(cardLines).join("\n")}

## Promises

${plan.promises
  .map(
    ({ subject, metric, percentile, relation, target }) =>
      `- ${code(subject)}: ${metric}${percentile === null ? "" : ` at percentile ${percentile * 100}`} ${relation.replace("-", " ")} ${target}`,
  )
  .join("\n")}

## What to know

${notes.map((note) => `- ${note}`).join("\n")}
- The promises are those of the whole plan, on all of its cards, whichever of them are written here.
- Where requests go is not decided here: send each tenant the rate above.
- \`values.sh\` is the plan as shell text, \`plan.json\` the plan itself.
`;
}

function cardLines({ id, gpu, device, powerMode, pieces }: FleetCard): string {
  const lines = pieces.flatMap((piece) => [
    `  - ${code(piece.id)}: ${code(formatPartition(piece.partition))}`,
    ...piece.tenants.map(
      (tenant) =>
        `    - tenant ${code(tenant.id)} of ${code(tenant.service)}: ${tenant.processes} × batches up to ${tenant.batch}, ${tenant.ratePerSecond} requests/s`,
    ),
  ]);
  return [`- ${code(id)} is GPU ${gpu}, a ${code(device)} in power mode ${code(powerMode)}`, ...lines].join("\n");
}
