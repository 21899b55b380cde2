/** One line of the benchmark table. */
export interface BenchRow {
  /** What was done, with its size. */
  readonly name: string;
  /** The target as text, such as "≤ 0.05 s"; absent when there is none. */
  readonly target?: string;
  /** The median of several runs. */
  readonly value: number;
  readonly unit: string;
  /** Whether the target was reached; `null` without a target. */
  readonly met: boolean | null;
  readonly note?: string;
}
