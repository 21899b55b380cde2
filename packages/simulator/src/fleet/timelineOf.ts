import { quantile } from "@partitune/numerics";
import type { Seconds, SharingLane } from "@partitune/schema";
import type { ResponseLog } from "./responseLog.ts";

/** Response times per interval of arrival, from 0 to `duration`; intervals without requests are left out. */
export function timelineOf(
  { arrivals, responses, count }: ResponseLog,
  duration: Seconds,
  interval: Seconds,
): SharingLane["streams"][number]["timeline"] {
  const bins: number[][] = Array.from({ length: Math.ceil(duration / interval) }, () => []);
  for (let i = 0; i < count; i++) bins[Math.floor(arrivals[i]! / interval)]?.push(responses[i]!);
  return bins.flatMap((values, i) => {
    if (values.length === 0) return [];
    const sorted = Float64Array.from(values).sort();
    return [
      {
        seconds: i * interval,
        requests: sorted.length,
        p50: quantile(sorted, 0.5),
        p99: quantile(sorted, 0.99),
        longest: sorted.at(-1)!,
      },
    ];
  });
}
