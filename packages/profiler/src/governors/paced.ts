import { partitionThreads } from "@partitune/schema";
import type { Governor } from "./governor.ts";
import type { Machine } from "./machine.ts";

/**
 * CPU shares kept by the worker itself, which pauses after each batch until its processor time is within the share (see
 * PROTOCOL.md). Needs no rights, and works only with workers that answer for it; the batch itself runs at full speed.
 */
export function paced(machine: Machine): Governor {
  return {
    name: "paced",
    sets: ({ kind }) => kind === "cpu-share",
    available: async () => ({ ok: true }),
    async prepare(partition) {
      if (partition.kind !== "cpu-share") throw new Error("pacing cannot set this partition");
      const pace = partition.share * machine.cores;
      return {
        mechanism: `paced by the worker to ${pace} cores`,
        join: { kind: "none" },
        pace,
        threads: partitionThreads(partition, machine),
        settings: { pace_cores: pace },
        release: async () => {},
      };
    },
  };
}
