import type { FleetPlan, FleetReport, InterferenceModel } from "@partitune/schema";
import { counted } from "./counted.ts";
import { formatPercent, significant } from "./formatQuantity.ts";

/** A fleet in a few sentences: how good it is, by which method and rule, what it assumes, and on what its judgement rests. */
export function fleetFacts(plan: FleetPlan, report: FleetReport | undefined): string[] {
  const { optimality, rule, interference, gpus } = plan;
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const shared = gpus.flatMap(({ pieces }) => pieces.filter((piece) => piece.tenants.length > 1)).length;
  const pieces = gpus.reduce((sum, card) => sum + card.pieces.length, 0);
  return [
    `Found by ${optimality.method}${boundWords(plan)}.`,
    `What may run was admitted by the rule "${rule}"; ${interferenceWords(interference)}.`,
    `${counted(pieces, "piece")} for ${counted(tenants.length, "tenant")}; ${shared === 0 ? "no piece is" : `${counted(shared, "piece")} ${shared === 1 ? "is" : "are"}`} shared in turns.`,
    ...(report === undefined ? ["Its promises are not judged yet (partitune verify would)."] : [judgement(report)]),
  ];
}

function boundWords({ optimality: { bound, value, gap } }: FleetPlan): string {
  if (bound === null) return "; no bound is known";
  if (gap === 0) return `; the bound of ${significant(bound)} is reached, so no plan is better`;
  return `; the bound is ${significant(bound)} against ${significant(value)}${gap === null ? "" : `, a gap of ${formatPercent(gap)}`}`;
}

function interferenceWords(model: InterferenceModel): string {
  switch (model.model) {
    case "none":
      return "pieces of one card were taken not to slow each other down";
    case "constant":
      return `pieces of one card that share its memory paths were taken to slow each other down by a factor of ${significant(model.slowdown)}`;
    case "pairwise":
      return `how pieces of one card slow each other down was read from a table of ${model.pairs.length} pairs of workloads`;
    case "linear":
      return "how pieces of one card slow each other down was predicted linearly from utilisations";
  }
}

function judgement({ checks, traces }: FleetReport): string {
  const seeds = Math.max(0, ...checks.map(({ simulated }) => simulated?.perSeed.length ?? 0));
  const requests = traces.flatMap(({ services }) => services).reduce((sum, stream) => sum + stream.requests, 0);
  return `Promises were judged by simulation on ${counted(seeds, "fresh seed")} that no search has seen, ${requests} requests in all.`;
}
