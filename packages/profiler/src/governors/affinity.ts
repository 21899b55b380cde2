import { type Partition, partitionThreads } from "@partitune/schema";
import { findProgram } from "../findProgram.ts";
import { readAllowedCores } from "../meters/readAllowedCores.ts";
import type { Governor } from "./governor.ts";
import type { Machine } from "./machine.ts";

/** Core sets by processor affinity, set with `taskset` when the worker is launched; needs no rights. */
export function affinity(machine: Machine, searchPath: string = process.env.PATH ?? ""): Governor {
  return {
    name: "affinity",
    sets: ({ kind }) => kind === "core-set",
    async available(partition) {
      if (findProgram("taskset", searchPath) === undefined)
        return { ok: false, reason: 'the program "taskset" is missing (package util-linux)' };
      const allowed = await readAllowedCores(machine.root);
      const stranger = coresOf(partition).find((core) => !allowed.has(core));
      if (stranger === undefined) return { ok: true };
      return {
        ok: false,
        reason: `core ${stranger} is none of those this process may use: ${[...allowed].join(", ")}`,
      };
    },
    async prepare(partition) {
      const cores = coresOf(partition);
      return {
        mechanism: `affinity to cores ${cores.join(", ")}`,
        join: { kind: "affinity", cores },
        threads: partitionThreads(partition, machine),
        settings: { cores: cores.join(",") },
        release: async () => {},
      };
    },
  };
}

function coresOf(partition: Partition): readonly number[] {
  return partition.kind === "core-set" ? partition.cores : [];
}
