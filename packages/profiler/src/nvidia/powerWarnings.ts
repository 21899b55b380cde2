import type { Fraction, Warning } from "@partitune/schema";
import type { PowerScope } from "./energyScope.ts";

/**
 * What a reader of power figures of a card should know.
 *
 * @param seen  part of the run time that the power reading sees; null where that is not known
 * @param migEnabled  whether the card is cut into MIG instances
 */
export function powerWarnings(
  card: string,
  {
    seen,
    scope,
    migEnabled,
  }: { readonly seen: Fraction | null; readonly scope: PowerScope; readonly migEnabled: boolean },
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (seen !== null && seen < 1)
    warnings.push({
      code: "partial-power-sampling",
      where: card,
      cause: `its sensor sees only ${seen * 100} % of the run time, so that loads in step with it are misread`,
      advice: "trust long windows and the mean of several rounds, and the energy counter before the power readings",
    });
  if (scope === "module")
    warnings.push({
      code: "module-power",
      where: card,
      cause: "its energy counter covers the whole module, processor and memory included",
      advice: "compare with other measurements of modules only",
    });
  if (migEnabled)
    warnings.push({
      code: "device-power",
      where: card,
      cause: "no sensor measures a MIG instance: power and energy are those of the whole card",
      advice: "read the power of an instance from what the card draws with and without it",
    });
  return warnings;
}
