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

/** Why the runs without an answer have none, in their order. */
export function problemsOf(runs: readonly Run[]): readonly string[] {
  return runs.flatMap(({ outcome, problem = "" }) => (outcome === undefined ? [] : [problem]));
}

/**
 * The runs again; their service time is from start to end.
 *
 * @param problems  of those without an answer, in their order
 */
export function unpackRuns(packed: Float64Array, problems: readonly string[]): readonly Run[] {
  const left = problems.values();
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
      ...(outcome === undefined ? {} : { outcome, problem: left.next().value ?? "" }),
    };
  });
}
