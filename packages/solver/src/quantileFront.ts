import { paretoFront } from "@partitune/numerics";
import { InputError, type KernelFillPlan, type KernelSharing } from "@partitune/schema";
import { type FilledStep, summariseFilling } from "./summariseFilling.ts";

/** How careful predictions are: execution times at a high quantile, idle times at a low one. */
export interface QuantilePair {
  readonly executionQuantile: number;
  readonly idleQuantile: number;
}

/** What one pair of quantiles did. */
export interface QuantilePoint {
  /** Means over held-out steps, and whether no other pair has both less delay and more work. */
  readonly point: KernelSharing["front"][number];
  readonly expected: KernelFillPlan["expected"];
}

export interface QuantileFrontInput {
  /** By default those of `defaultQuantilePairs`. */
  readonly pairs?: readonly QuantilePair[];
  /** Steps of the urgent task; each is played alone, predicted from the others. */
  readonly heldOut: readonly number[];
  /** Plays one held-out step with gaps filled under predictions at these quantiles. */
  readonly play: (pair: QuantilePair, heldOut: number) => FilledStep;
}

const executionQuantiles = [0.5, 0.75, 0.9, 1];
const idleQuantiles = [0, 0.1, 0.25, 0.5, 0.75];

/** From bold to careful on both sides. */
export const defaultQuantilePairs: readonly QuantilePair[] = idleQuantiles.flatMap((idleQuantile) =>
  executionQuantiles.map((executionQuantile) => ({ executionQuantile, idleQuantile })),
);

/**
 * What caution costs: delay of the urgent task against work of the others, over pairs of quantiles. None is the right one; that is for the
 * user to say, with chooseFilling.
 *
 * @throws InputError when there are no pairs or no held-out steps
 */
export function quantileFront({
  pairs = defaultQuantilePairs,
  heldOut,
  play,
}: QuantileFrontInput): readonly QuantilePoint[] {
  if (pairs.length === 0)
    throw new InputError({ what: "pairs of quantiles", problem: "are missing", advice: "give at least one" });
  const all = pairs.map((pair) => ({ pair, expected: summariseFilling(heldOut.map((step) => play(pair, step))) }));
  const efficient = new Set(paretoFront(all.map(({ expected }) => [expected.delay.mean, -expected.filled.mean])));
  return all.map(({ pair: { executionQuantile, idleQuantile }, expected }, i) => ({
    point: {
      executionQuantile,
      idleQuantile,
      delay: expected.delay.mean,
      lowWork: expected.filled.mean,
      efficient: efficient.has(i),
    },
    expected,
  }));
}
