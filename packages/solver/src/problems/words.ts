import type { Seconds, Watts } from "@partitune/schema";
import { formatSeconds } from "../formatQuantity.ts";

/** @example formatWatts(7.0731)  // "7.07 W" */
export function formatWatts(watts: Watts): string {
  return `${Number(watts.toPrecision(3))} W`;
}

/** @example drawsTooMuch(12, 10)  // "draws 12 W where 10 W are allowed, 2 W too much" */
export function drawsTooMuch(used: Watts, allowed: Watts): string {
  return `draws ${formatWatts(used)} where ${formatWatts(allowed)} are allowed, ${formatWatts(used - allowed)} too much`;
}

/** @example answersTooLate(0.3, 0.2)  // "answers after up to 300 ms where 200 ms are promised, 100 ms too late" */
export function answersTooLate(used: Seconds, allowed: Seconds): string {
  return `answers after up to ${formatSeconds(used)} where ${formatSeconds(allowed)} are promised, ${formatSeconds(used - allowed)} too late`;
}

/** @example nameNearest("15W", 8)  // 'the nearest choice, mode "15W" with batch 8,' */
export function nameNearest(mode: string, batch?: number): string {
  return `the nearest choice, mode "${mode}"${batch === undefined ? "" : ` with batch ${batch}`},`;
}
