import { type FleetPlan, formatPartition } from "@partitune/schema";
import type { EmitOptions, Refusal } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { tenantsOf } from "./fleetParts.ts";

/** What a target says beside what is said of every fleet plan. */
export interface FleetWords {
  /** Such as "for Triton inference servers". */
  readonly title: string;
  /** The scripts with what each does, one a line, and what to set before. */
  readonly usage: string;
  /** What to know, one sentence or two each. */
  readonly notes: readonly string[];
  /** What a tenant is called here. */
  readonly nameOf: (tenant: string) => string;
}

/** Words for the operator of a fleet bundle, in Markdown. */
export function fleetReadme(
  plan: FleetPlan,
  options: EmitOptions,
  { title, usage, notes, nameOf }: FleetWords,
): string {
  const synthetic = plan.synthetic
    ? "\n**This plan rests on synthetic measurements. Its promises are examples.**\n"
    : "";
  const tenants = tenantsOf(plan, options).map(
    ({ card, piece, tenant, service, workload }) =>
      `- ${code(nameOf(tenant.id))}: tenant ${code(tenant.id)} of service ${code(service.name)}, workload ${code(workload.name)}, on ${code(formatPartition(piece.partition))} of card ${code(card.id)}; batches up to ${tenant.batch}, waiting at most ${tenant.maxDelaySeconds} s, processes: ${tenant.processes}; gets ${round(tenant.ratePerSecond)} of at most ${round(tenant.capacityPerSecond)} requests/s`,
  );
  const promises = plan.promises.map(
    ({ subject, metric, percentile, relation, target }) =>
      `- ${code(subject)}: ${metric}${percentile === null ? "" : ` at percentile ${round(percentile * 100)}`} ${relation.replace("-", " ")} ${target}`,
  );
  return `# Plan ${code(options.name)}, ${title}
${synthetic}
${usage}

## What runs where

${tenants.join("\n")}

Requests of a service go to its tenants in proportion to these rates. Nothing here routes them: set the weights in your load balancer.

## Promises

${promises.join("\n")}

## What to know

${notes.map((note) => `- ${note}`).join("\n")}
- \`values.sh\` is the plan as shell text, \`plan.json\` the plan itself.
`;
}

/** Why something is missing, one line each. */
export function refusalLines(refusals: readonly Refusal[]): string {
  return refusals.map(({ where, cause, advice }) => `- ${code(where)}: ${code(cause)}; ${code(advice)}`).join("\n");
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
