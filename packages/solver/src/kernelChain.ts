/** A task whose jobs are chains of kernels that nobody interrupts, with what a bound needs of it. Times in whole ns. */
export interface KernelChain {
  readonly name: string;
  readonly period: number;
  readonly deadline: number;
  /** All kernels of a job. */
  readonly work: number;
  /** Time in which the host prepares kernels while the task has none on the accelerator. */
  readonly idle: number;
  /** Times at which a kernel may come after idle time of the task, the first kernel included. */
  readonly bursts: number;
  readonly longest: number;
  /** The last kernel of a job. */
  readonly last: number;
}
