import type { StreamTrace, Trace } from "@partitune/schema";

/** What one placement went through in all traces of one source: one stream per seed of a simulation, or per deployment. */
export interface StreamGroup {
  readonly placement: string;
  readonly workload: string;
  readonly source: Trace["source"];
  readonly confidence: number;
  /** At least one. */
  readonly streams: readonly StreamTrace[];
}

/** Streams of traces by placement and source, in the order in which they first come. */
export function streamGroups(traces: readonly Trace[]): StreamGroup[] {
  const all = traces.flatMap(({ source, confidence, streams }) =>
    streams.map((stream) => ({ source, confidence, stream })),
  );
  const groups = Map.groupBy(all, ({ source, stream }) => JSON.stringify([stream.placement, source]));
  return [...groups.values()].map((group) => {
    const { source, confidence, stream } = group[0]!;
    const streams = group.map((entry) => entry.stream);
    return { placement: stream.placement, workload: stream.workload, source, confidence, streams };
  });
}

/** Requests of all streams of a group. */
export function countRequests({ streams }: StreamGroup): number {
  return streams.reduce((sum, { requests }) => sum + requests, 0);
}
