import type { ServedJob } from "../jobsOf.ts";
import type { Ledger } from "../ledger.ts";

/** Part of a promised latency that gathering the first minibatch may take. */
const gatheringShare = 0.35;

/**
 * The combinations of minibatches to begin with: of each workload the largest batch that leaves time to spare after it is gathered (the
 * middle one without a promise), then a neighbour of it, which shows the slope along the minibatch.
 */
export function firstBatches({ problem, jobs, combinations }: Ledger): number[] {
  const starts = jobs.served.map((job, s) => firstOf(job, promiseOf(s)));
  const neighbours = jobs.served.map(({ batches }, s) =>
    starts[s]! + 1 < batches.length ? starts[s]! + 1 : starts[s]! - 1,
  );
  const numberOf = (positions: readonly number[]) => {
    const wanted = positions.map((position, s) => jobs.served[s]!.batches[position] ?? jobs.served[s]!.batches[0]!);
    return combinations.findIndex((batches) => batches.every((batch, s) => batch === wanted[s]));
  };
  return [...new Set([numberOf(starts), numberOf(neighbours)])];

  function promiseOf(s: number) {
    switch (problem.kind) {
      case "two-inferences":
        return s === 0 ? problem.urgent : problem.nonUrgent;
      case "inference":
      case "concurrent":
        return problem.inference;
      case "backlogged":
        return s < jobs.served.length - 1 ? problem.inference : {};
      default:
        return {};
    }
  }
}

function firstOf(
  { batches }: ServedJob,
  {
    ratePerSecond = 0,
    latencySeconds,
  }: { readonly ratePerSecond?: number; readonly latencySeconds?: number | undefined },
): number {
  if (latencySeconds === undefined) return Math.floor(batches.length / 2);
  return Math.max(
    0,
    batches.findLastIndex((batch) => batch / ratePerSecond <= gatheringShare * latencySeconds),
  );
}
