import { InputError } from "@partitune/schema";

/** @throws InputError when a confidence is not strictly between 0 and 1 */
export function checkConfidence(confidence: number): void {
  if (confidence > 0 && confidence < 1) return;
  throw new InputError({
    what: "confidence",
    problem: `must lie between 0 and 1, got ${confidence}`,
    advice: "give the coverage of the intervals, e.g. 0.99",
  });
}
