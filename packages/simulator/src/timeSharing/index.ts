import { fair } from "./fair.ts";
import { managed } from "./managed.ts";
import { slices } from "./slices.ts";
import type { TimeSharing } from "./timeSharing.ts";

/** Every way in which workloads share the time of a device, by the name it is chosen by. */
export const timeSharings = { managed, fair, slices } as const satisfies Record<string, TimeSharing>;

export type TimeSharingName = keyof typeof timeSharings;
