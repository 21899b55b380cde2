import type { KernelIdentity, KernelTrace, Warning } from "@partitune/schema";
import type { ReadKernelsOptions } from "./kernelImporter.ts";

/** One chain of operations of which only the execution times are known. */
export interface TimedChain {
  /** Name of the file. */
  readonly file: string;
  readonly format: string;
  readonly options: ReadKernelsOptions;
  readonly identities: readonly KernelIdentity[];
  /** Index of the identity and execution time, whole ns, in the order of execution. */
  readonly chain: readonly (readonly [identity: number, duration: number])[];
  readonly warnings: readonly Warning[];
}

/** A chain → the trace of one step. Idle times are 0 and said to be unknown. */
export function chainTrace({ file, format, options, identities, chain, warnings }: TimedChain): KernelTrace {
  return {
    kind: "kernel-trace",
    version: 1,
    made: options.made,
    task: options.task,
    format,
    deviceName: null,
    multiprocessors: null,
    identities,
    steps: [
      {
        identities: chain.map(([identity]) => identity),
        durations: chain.map(([, duration]) => duration),
        idles: chain.map(() => 0),
        idleKinds: chain.map(() => 0),
      },
    ],
    between: [],
    gapsKnown: false,
    dropped: [],
    warnings: [
      {
        code: "execution-times-only",
        where: file,
        cause: "the format holds one execution time per operation, measured alone, and no idle times",
        advice: "use it as a task that fills the gaps of another; for one whose gaps are filled, record a trace",
      },
      ...warnings,
    ],
    synthetic: false,
  };
}
