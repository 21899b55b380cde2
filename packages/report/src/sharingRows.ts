import type { SharingComparison } from "@partitune/schema";
import { formatAttainment } from "./formatAttainment.ts";
import { formatEstimate, formatSeconds, significant } from "./formatQuantity.ts";

/** Latencies and attainment as texts, a row per phase, service and way of sharing. */
export function sharingRows({ phases, lanes }: SharingComparison) {
  return phases.flatMap(({ startSeconds, endSeconds, active }, i) =>
    active.flatMap((service) =>
      lanes.flatMap((lane) => {
        const phase = lane.streams.find((stream) => stream.service === service)?.phases[i];
        if (phase === undefined) return [];
        return [
          {
            phase: `${significant(startSeconds)}–${significant(endSeconds)} s`,
            service,
            lane: lane.name,
            requests: String(phase.requests),
            p50: formatEstimate(phase.p50, "s"),
            p99: formatEstimate(phase.p99, "s"),
            deviation: phase.deviationSeconds === null ? "–" : formatSeconds(phase.deviationSeconds),
            attainment: phase.attainment === null ? "–" : formatAttainment(phase.attainment),
          },
        ];
      }),
    ),
  );
}
