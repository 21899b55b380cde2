import type { SharingComparison } from "./fleetTrace.ts";
import type { Seconds } from "./units.ts";

/** The times between two starts or ends in which somebody gets requests. */
export function phasesOf(services: SharingComparison["services"], duration: Seconds): SharingComparison["phases"] {
  const spans = services.map(({ service, startSeconds, endSeconds = duration }) => ({
    service,
    startSeconds,
    endSeconds,
  }));
  const borders = [...new Set(spans.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]))].sort(
    (a, b) => a - b,
  );
  return borders.slice(1).flatMap((end, i) => {
    const start = borders[i]!;
    const active = spans.filter((span) => span.startSeconds <= start && span.endSeconds >= end);
    return active.length === 0
      ? []
      : [{ startSeconds: start, endSeconds: end, active: active.map(({ service }) => service) }];
  });
}
