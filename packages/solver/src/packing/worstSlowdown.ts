import { type InterferenceModel, type Occupant, slowdownOf } from "@partitune/schema";

/**
 * The slowdown that a workload on a piece must be planned with while its neighbours are not known: the greatest that one of the others causes on
 * its piece, or would cause if it had the rest of the card. No set of neighbours causes more, as each counts by the part of the card that it
 * takes. 1 when none fits beside it.
 *
 * @param others  what may run on other pieces of the card
 */
export function worstSlowdown(model: InterferenceModel, subject: Occupant, others: readonly Occupant[]): number {
  const rest = 1 - subject.fraction;
  return others
    .filter(({ fraction }) => fraction <= rest + 1e-9)
    .flatMap((other) => [other, { ...other, fraction: rest }])
    .reduce((worst, other) => Math.max(worst, slowdownOf(model, subject, [other])), 1);
}
