import type { Verdict } from "@partitune/schema";

/** A verdict with a sign beside the word, so that neither colour nor sign stands alone. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  kept: "✓ kept",
  broken: "✗ broken",
  undecided: "? undecided",
};
