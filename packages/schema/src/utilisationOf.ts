import type { InterferenceModel } from "./interference.ts";
import type { Occupant } from "./slowdownOf.ts";

/** Workload → rows by batch, ascending: utilisation → value on the whole card. */
export type Utilisations = Extract<InterferenceModel, { readonly model: "linear" }>["utilisations"];

/**
 * A utilisation of an occupant: linear in the batch between rows, constant beyond them, times its part of the card.
 *
 * @returns NaN when it is not known
 */
export function utilisationOf(
  utilisations: Utilisations,
  { workload, batch, fraction }: Occupant,
  name: string,
): number {
  const rows = Object.hasOwn(utilisations, workload) ? utilisations[workload]! : [];
  const above = rows.findIndex((row) => row.batch >= batch);
  const upper = rows.at(above);
  const lower = above > 0 ? rows[above - 1] : upper;
  if (upper === undefined || lower === undefined) return Number.NaN;
  const part = lower === upper ? 1 : (batch - lower.batch) / (upper.batch - lower.batch);
  return (valueAt(lower.values, name) * (1 - part) + valueAt(upper.values, name) * part) * fraction;
}

function valueAt(values: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(values, name) ? values[name]! : Number.NaN;
}
