/**
 * How much longer than expected service is planned for.
 *
 * - `interval`: the upper end of the prediction's interval; where that is open, the expected time plus `whenOpen` of it.
 * - `relative`: the expected time plus `excess` of it; 0 trusts the expectation.
 */
export type Margin =
  | { readonly kind: "interval"; readonly whenOpen: number }
  | { readonly kind: "relative"; readonly excess: number };

/** Plans with the interval's upper end, or a quarter more where there is none. */
export const defaultMargin: Margin = { kind: "interval", whenOpen: 0.25 };
