import type { Samples } from "@partitune/schema";
import type { Window } from "./readingInWindow.ts";

/**
 * From the start of the first measured batch to the end of the last. Where batches overlap, from the end of the warm-up on: what
 * was in flight then and what is in flight at the end are alike. An open load's pauses belong to it, so its window begins there too.
 */
export function measuredWindow({ start_s, end_s, intended_s, warmup }: Samples): Window {
  const warm = warmup === 0 ? 0 : end_s[warmup - 1]!;
  return {
    from: intended_s === undefined || warmup === 0 ? Math.max(start_s[warmup]!, warm) : warm,
    to: end_s.at(-1)!,
  };
}
