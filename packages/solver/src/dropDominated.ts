import { paretoFront } from "@partitune/numerics";
import type { Choice } from "@partitune/schema";
import { objectives } from "./objectives.ts";

/** Numbers that count besides cost and budgets, so that fronts over them stay exact and a judge finds the quicker choices. */
const alsoCompared = ["response_s", ...Object.values(objectives).map(({ value }) => value)];

/**
 * Leaves out admissible choices of one workload for which another is no worse in cost, in every budget, in the promised response and
 * in every other objective. Inadmissible choices stay, with what speaks against them. Of equals the one with the smaller batch stays, then the
 * first by id.
 *
 * @returns the choices that stay, in their order
 */
export function dropDominated(choices: readonly Choice[]): readonly Choice[] {
  const admissible = choices.filter((choice) => choice.violations.length === 0).sort(byBatchAndId);
  const budgets = [...new Set(admissible.flatMap((choice) => Object.keys(choice.uses)))];
  const rows = admissible.map((choice) => [
    choice.cost,
    ...budgets.map((budget) => choice.uses[budget] ?? 0),
    ...alsoCompared.map((name) => choice.values[name] ?? 0),
  ]);
  const seen = new Set<string>();
  const kept = new Set(
    paretoFront(rows)
      .filter((i) => !seen.has(rows[i]!.join(" ")) && seen.add(rows[i]!.join(" ")))
      .map((i) => admissible[i]!),
  );
  return choices.filter((choice) => choice.violations.length > 0 || kept.has(choice));
}

function byBatchAndId(a: Choice, b: Choice): number {
  return a.config.batch - b.config.batch || (a.id < b.id ? -1 : 1);
}
