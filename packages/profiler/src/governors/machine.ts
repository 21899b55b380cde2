import { availableParallelism } from "node:os";

/** The machine that partitions are cut from. Tests put another file system and other counts in its place. */
export interface Machine {
  /** Where its /proc and /sys are found: "/" on the machine itself. */
  readonly root: string;
  /** Processor cores that this process may use. */
  readonly cores: number;
  /** This process, in whose name groups are created. */
  readonly processId: number;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { root: "/", cores: availableParallelism(), processId: process.pid };
}
