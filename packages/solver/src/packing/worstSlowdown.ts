import { type InterferenceModel, type Occupant, slowdownOf } from "@partitune/schema";

/**
 * The slowdown that a workload on a piece must be planned with while its neighbours are not known: the greatest that one of the others causes
 * when it fills the rest of the card with pieces of one size. 1 when none fits beside it.
 *
 * @param others  what may run on other pieces of the card
 */
export function worstSlowdown(model: InterferenceModel, subject: Occupant, others: readonly Occupant[]): number {
  const rest = 1 - subject.fraction;
  return others.reduce((worst, other) => {
    const count = Math.floor(rest / other.fraction + 1e-9);
    if (count === 0) return worst;
    const neighbours = Array.from({ length: count }, () => other);
    return Math.max(worst, slowdownOf(model, subject, neighbours));
  }, 1);
}
