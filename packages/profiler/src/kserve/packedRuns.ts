import type { Run } from "../executor.ts";

/** Numbers of a run: start, end, when it was intended and which of those in flight it was (NaN where it has none), and what became of it. */
const width = 5;
const outcomes = [undefined, "failed", "timed-out"] as const;

/** Runs as numbers, which go from process to process faster than objects. */
export function packRuns(runs: readonly Run[]): Float64Array {
  const packed = new Float64Array(runs.length * width);
  for (const [i, { start, end, intended = Number.NaN, process = Number.NaN, outcome }] of runs.entries())
    packed.set([start, end, intended, process, outcomes.indexOf(outcome)], i * width);
  return packed;
}

/** The runs again; their service time is from start to end. */
export function unpackRuns(packed: Float64Array): readonly Run[] {
  return Array.from({ length: packed.length / width }, (_, i) => {
    const [start, end, intended, process, code] = packed.subarray(i * width) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    const outcome = outcomes[code];
    return {
      ...{ start, end, service: end - start },
      ...(Number.isNaN(intended) ? {} : { intended }),
      ...(Number.isNaN(process) ? {} : { process }),
      ...(outcome === undefined ? {} : { outcome }),
    };
  });
}
