/** Relative slack of sums of rates: what is missing by less is rounding. */
export const rateTolerance = 1e-9;
