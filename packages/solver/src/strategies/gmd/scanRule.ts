/** What is sought: a step that promises a gain, or what misses the limits, and the value to beat, by least. */
export interface ScanRule {
  readonly kind: "step" | "miss";
  /** Cost that a step must stay below, and that a miss is measured from. */
  readonly toBeat: number;
  /** A step may miss the limits by no more. */
  readonly largestMiss: number;
  /** By mode, added to the price with a weight. */
  readonly surcharges: Float64Array;
  readonly surchargeWeight: number;
}

/** A step predicted to break the limits by 1 % must promise 8 % more than one that keeps them. */
const missPrice = 8;

/**
 * The price of a candidate: of a step the logarithm of its cost, of a miss that of how far the cost is above the one to beat; and the price
 * of what it misses. Infinite when it is not wanted.
 */
export function priceOf(
  { kind, toBeat, largestMiss }: ScanRule,
  miss: number,
  cost: number,
  surcharge: number,
): number {
  if (kind === "miss") return miss + (cost > toBeat ? Math.log(cost / toBeat) : 0) + surcharge;
  const price = Math.log(cost) + missPrice * miss;
  return miss > largestMiss || price >= Math.log(toBeat) ? Number.POSITIVE_INFINITY : price + surcharge;
}

/**
 * A cost above which a candidate with such a miss has no lower price; negative when it has none at any cost. Logarithms are replaced by
 * bounds that are quicker: ln x ≥ 1 − 1/x.
 *
 * @param limit  the price
 * @param expLimit  its exponential
 */
export function ceilingOf(rule: ScanRule, miss: number, surcharge: number, limit: number, expLimit: number): number {
  if (rule.kind === "step") {
    if (miss > rule.largestMiss) return -1;
    return Math.min(rule.toBeat, expLimit / (1 + surcharge)) / (1 + missPrice * miss);
  }
  const left = limit - surcharge - miss;
  if (left <= 0) return -1;
  return left >= 1 ? Number.POSITIVE_INFINITY : rule.toBeat / (1 - left);
}
