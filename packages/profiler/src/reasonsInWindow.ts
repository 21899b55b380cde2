import type { Fraction, Telemetry } from "@partitune/schema";
import { type Window, widestGap } from "./readingInWindow.ts";

/**
 * Why a device lowered its clocks in a window → share of the window's time that is known. A reading holds until the next one, 2 s at most.
 *
 * @returns empty when the clocks were never lowered; null when the device does not tell of any time in the window
 */
export function reasonsInWindow(
  { time_s, clock_reasons }: Telemetry,
  { from, to }: Window,
): Readonly<Record<string, Fraction>> | null {
  const spent = new Map<string, number>();
  let known = 0;
  time_s.forEach((time, i) => {
    const reasons = clock_reasons[i] ?? null;
    const until = Math.min(time_s[i + 1] ?? Number.POSITIVE_INFINITY, time + widestGap, to);
    const length = until - Math.max(time, from);
    if (reasons === null || length <= 0) return;
    known += length;
    for (const reason of namesIn(reasons)) spent.set(reason, (spent.get(reason) ?? 0) + length);
  });
  if (known === 0) return null;
  return Object.fromEntries([...spent].map(([reason, length]) => [reason, Math.min(1, length / known)]));
}

function namesIn(reasons: string): readonly string[] {
  return reasons === "" ? [] : reasons.split("+");
}
