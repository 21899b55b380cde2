import type { IdleBaseline, IdleState, Warning, Watts } from "@partitune/schema";

/** Two idle powers are told apart when they differ by more than this part, and by more than three of their deviations. */
const tolerance = 0.05;
const deviations = 3;

/** What idle baselines say of how far they can be trusted: whether they drifted over the campaign, and whether sampling the device itself draws power. */
export function warnOfIdle(baselines: readonly IdleBaseline[]): readonly Warning[] {
  const last = (moment: IdleBaseline["moment"], state: IdleState) =>
    baselines.findLast((each) => each.moment === moment && each.state === state);
  const [before, after, unmonitored] = [last("before", "empty"), last("after", "empty"), last("before", "unmonitored")];
  const warnings: Warning[] = [];
  if (before !== undefined && after !== undefined && differ(before, after)) {
    warnings.push({
      code: "idle-drifted",
      where: "the empty device",
      cause: `drew ${watts(before)} before the campaign and ${watts(after)} after it`,
      advice:
        "take net power as known no better than that; let the device reach one temperature before, and look for what else uses it",
    });
  }
  if (before !== undefined && unmonitored !== undefined && differ(before, unmonitored)) {
    warnings.push({
      code: "monitor-load",
      where: "the empty device",
      cause: `draws ${watts(before)} while it is sampled and ${watts(unmonitored)} while it is not: the monitor is a load, too`,
      advice: "compare powers that were measured with the same monitoring only",
    });
  }
  return warnings;
}

function differ({ powerWatts: a }: IdleBaseline, { powerWatts: b }: IdleBaseline): boolean {
  const difference = Math.abs(a.mean - b.mean);
  return difference > tolerance * Math.max(a.mean, b.mean) && difference > deviations * Math.hypot(a.sd, b.sd);
}

function watts({ powerWatts }: IdleBaseline): string {
  const value: Watts = powerWatts.mean;
  return `${Number(value.toPrecision(3))} W`;
}
