import { exclusive } from "./exclusive.ts";
import { fifo } from "./fifo.ts";
import { fill } from "./fill.ts";
import { greedy } from "./greedy.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";
import { orion } from "./orion.ts";
import { timeslice } from "./timeslice.ts";

/** Every way in which kernels share a device, by the name it is chosen by. */
export const kernelPolicies = { exclusive, timeslice, fifo, greedy, fill, orion } as const satisfies Record<
  string,
  KernelPolicy
>;

export type KernelPolicyName = keyof typeof kernelPolicies;
