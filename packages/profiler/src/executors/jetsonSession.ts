import type { Bytes } from "@partitune/schema";
import type { Session, Usage } from "../executor.ts";
import type { BoardMeter } from "../jetson/boardMeter.ts";
import type { BoardModes } from "../jetson/boardModes.ts";
import type { CpuMeters } from "./cpuMeters.ts";

/** Meters of a board: of its processor, and of all of it. */
export interface BoardMeters extends CpuMeters {
  readonly meter: BoardMeter;
}

/** What a session on a board adds to one on a processor. */
export interface BoardSessionParts {
  readonly session: Session;
  readonly meter: BoardMeter;
  readonly modes: BoardModes;
  /** Memory that the worker has taken through the GPU, where it tells: the same chips as the processor's, but no part of its resident memory. */
  readonly gpuMemory?: () => Promise<Bytes | undefined>;
  /** What set the power mode; absent where none was set. */
  readonly setBy?: string;
  /** Ends its part in the power mode. */
  readonly leave: () => void;
}

/** A session that also tells the limits the board reports, and what its sensors showed. */
export function boardSession({ session, meter, modes, gpuMemory, setBy, leave }: BoardSessionParts): Session {
  let closing: Promise<void> | undefined;
  return {
    mechanism: [session.mechanism, ...(setBy === undefined ? [] : [setBy])].join("; "),
    run: (batch) => session.run(batch),
    async usage(): Promise<Usage> {
      modes.checkHeld();
      const usage = await session.usage();
      const onGpu = (await gpuMemory?.()) ?? 0;
      const resident = usage.memoryPeakBytes;
      return {
        ...usage,
        memoryPeakBytes: resident === null ? null : resident + onGpu,
        powerMode: modes.settings(),
      };
    },
    telemetry: async (from, to) => meter.telemetry(from, to),
    close() {
      closing ??= session.close().finally(leave);
      return closing;
    },
  };
}

/** The empty board with nobody sampling it: without samples its energy is not known. */
export function unsampledSession(): Session {
  return {
    mechanism: "none",
    run: () => Promise.reject(new Error("nothing runs on the empty board")),
    usage: async () => ({
      cpuSeconds: null,
      memoryPeakBytes: null,
      energyJoules: null,
      otherCpuSeconds: null,
      throttleEvents: null,
      reasons: { energyJoules: "the board counts no energy: it is known from samples of its power alone" },
    }),
    close: async () => {},
  };
}
