import { isValid, type Profile } from "@partitune/schema";
import { formatPercent } from "./formatQuantity.ts";
import { countLeftOut } from "./measuredCells.ts";

/** What every picture of a profile must say: how much is shown, how sure, of which device, and whether it is real. */
export function captionOf(profile: Profile, marks: string): string {
  const valid = profile.measurements.filter(isValid);
  const batches = valid.reduce(
    (sum, row) => sum + (row.outcome.kind === "measured" ? row.outcome.results.samples : 0),
    0,
  );
  const leftOut = countLeftOut(profile);
  const environments = new Set(profile.measurements.map(({ environment }) => environment)).size;
  return [
    `${profile.device.name}, ${valid.length} valid of ${profile.measurements.length} measurements, n = ${batches} batches, ${formatPercent(profile.protocol.confidence)} intervals`,
    `${marks}; one batch in flight, no neighbours${leftOut > 0 ? ` (${leftOut} measurements under other loads are left out)` : ""}`,
    ...(environments > 1 ? [`${environments} environments together: compare with care`] : []),
    ...syntheticNote(profile.device.synthetic),
  ].join(". ");
}

/** The sentence that goes with every picture of synthetic data. */
export function syntheticNote(synthetic: boolean): string[] {
  return synthetic ? ["Synthetic: the numbers come from a formula, not from hardware"] : [];
}
