import { interpolatedQuantile } from "@partitune/numerics";
import type { Measurement } from "@partitune/schema";

/** The median of a baseline and its uncertainty. */
interface Baseline {
  readonly round: string;
  readonly median: number;
  readonly halfWidth: number;
}

/**
 * Marks the rounds whose baseline has moved.
 *
 * A baseline is compared with the middle one of all others of its workload in the same environment. It has moved when they differ
 * by more than their intervals explain (half widths added as squares), and by more than the precision that was asked for, below which
 * nothing is claimed. The measurements of that workload in that round are then marked `drifted`. A baseline whose interval is open tells
 * nothing.
 *
 * @param tolerance  relative precision asked for
 */
export function findDrift(measurements: readonly Measurement[], tolerance: number): readonly Measurement[] {
  const groups = new Map<string, Baseline[]>();
  for (const row of measurements) {
    const baseline = toBaseline(row);
    if (baseline !== undefined) groups.set(groupOf(row), [...(groups.get(groupOf(row)) ?? []), baseline]);
  }
  const drifted = new Set([...groups.values()].flatMap((group) => driftedRounds(group, tolerance)));
  return measurements.map((row) =>
    drifted.has(roundOf(row)) && row.outcome.kind === "measured" ? { ...row, flags: [...row.flags, "drifted"] } : row,
  );
}

function toBaseline(row: Measurement): Baseline | undefined {
  const median = row.baseline && row.outcome.kind === "measured" ? row.outcome.results.latency.p50 : null;
  if (median === null || median.low === null || median.high === null) return undefined;
  return { round: roundOf(row), median: median.value, halfWidth: (median.high - median.low) / 2 };
}

function driftedRounds(group: readonly Baseline[], tolerance: number): readonly string[] {
  return group.filter((baseline) => hasMoved(baseline, group, tolerance)).map(({ round }) => round);
}

function hasMoved(baseline: Baseline, group: readonly Baseline[], tolerance: number): boolean {
  const others = group.filter((other) => other !== baseline);
  if (others.length === 0) return false;
  const middle = middleOf(others.map((other) => other.median));
  const explained = Math.hypot(baseline.halfWidth, middleOf(others.map((other) => other.halfWidth)));
  return Math.abs(baseline.median - middle) > Math.max(explained, tolerance * middle);
}

function middleOf(values: readonly number[]): number {
  return interpolatedQuantile(Float64Array.from(values).sort(), 0.5);
}

function groupOf({ environment, point }: Measurement): string {
  return JSON.stringify([environment, point.config.workload]);
}

function roundOf(row: Measurement): string {
  return `${groupOf(row)} ${row.point.round}`;
}
