import { affinity } from "./affinity.ts";
import { cgroupV1 } from "./cgroupV1.ts";
import { cgroupV2 } from "./cgroupV2.ts";
import type { Governor } from "./governor.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { paced } from "./paced.ts";
import { unlimited } from "./unlimited.ts";

export { chooseGovernor, type GovernorChoice } from "./chooseGovernor.ts";
export type { Availability, Governor, PreparedPartition } from "./governor.ts";
export { type Machine, thisMachine } from "./machine.ts";

/** Every way to set a partition of the processor, the best first. */
export const governors = {
  none: unlimited,
  "cgroup-v2": cgroupV2,
  "cgroup-v1": cgroupV1,
  affinity,
  paced,
} as const satisfies Record<string, (machine: Machine) => Governor>;

/** The governors of a machine, the best first. */
export function localGovernors(machine: Machine = thisMachine()): readonly Governor[] {
  return Object.values(governors).map((create) => create(machine));
}
