import { exclusive } from "./exclusive.ts";
import { fifo } from "./fifo.ts";
import { fill } from "./fill.ts";
import { greedy } from "./greedy.ts";
import type { OverlapPolicy } from "./overlapPolicy.ts";
import { timeslice } from "./timeslice.ts";

/** Every way in which tasks share a device operator by operator, by the name it is chosen by. */
export const overlapPolicies = { exclusive, timeslice, fifo, greedy, fill } as const satisfies Record<
  string,
  OverlapPolicy
>;

export type OverlapPolicyName = keyof typeof overlapPolicies;
