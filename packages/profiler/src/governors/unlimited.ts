import { partitionThreads } from "@partitune/schema";
import type { Governor } from "./governor.ts";
import type { Machine } from "./machine.ts";

/** The whole device: nothing to set. */
export function unlimited(machine: Machine): Governor {
  return {
    name: "none",
    sets: (partition) => partition.kind === "whole" || (partition.kind === "cpu-share" && partition.share === 1),
    available: async () => ({ ok: true }),
    async prepare(partition) {
      return {
        mechanism: "none",
        join: { kind: "none" },
        threads: partitionThreads(partition, machine),
        settings: {},
        release: async () => {},
      };
    },
  };
}
