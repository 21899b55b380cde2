import type { Samples, Seconds, ServingReadings } from "@partitune/schema";
import type { ServerUsage, Usage } from "./executor.ts";
import { loadLateness } from "./loadLateness.ts";

/**
 * What a load and the server behind it told of a measuring window; undefined where they told nothing.
 *
 * @param batch  requests per batch
 * @param usage  counters at both ends of the window; null when the measurement was ended early
 */
export function summariseServing(
  samples: Samples,
  batch: number,
  usage: { readonly before: Usage; readonly after: Usage } | null,
): ServingReadings | undefined {
  const loopDelaySeconds = usage?.after.loopDelaySeconds ?? null;
  const offeredPerSecond = offeredRate(samples, batch);
  const server = serverMeans(usage?.before.server, usage?.after.server);
  if (loopDelaySeconds === null && offeredPerSecond === null && server === undefined) return undefined;
  return {
    offeredPerSecond,
    latenessSeconds: loadLateness(samples),
    loopDelaySeconds,
    queueSeconds: server?.queueSeconds ?? null,
    computeSeconds: server?.computeSeconds ?? null,
  };
}

/** Requests per second by the times at which an open load wanted its measured batches sent; null for fewer than two, and under a closed load. */
function offeredRate({ intended_s, warmup }: Samples, batch: number): number | null {
  const times = Float64Array.from(intended_s?.slice(warmup) ?? []).sort();
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return span > 0 ? ((times.length - 1) * batch) / span : null;
}

function serverMeans(
  before: ServerUsage | undefined,
  after: ServerUsage | undefined,
): { readonly queueSeconds: Seconds; readonly computeSeconds: Seconds } | undefined {
  if (before === undefined || after === undefined || after.requests <= before.requests) return undefined;
  const mean = (name: "queueSeconds" | "computeSeconds") =>
    Math.max(0, after[name] - before[name]) / (after.requests - before.requests);
  return { queueSeconds: mean("queueSeconds"), computeSeconds: mean("computeSeconds") };
}
