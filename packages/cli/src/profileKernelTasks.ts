import type { KernelProfile, KernelTrace, Made } from "@partitune/schema";
import { buildKernelProfile } from "@partitune/surrogate";
import type { KernelTasks } from "./loadKernelTasks.ts";

/** Profiles of an urgent task and of those beside it. */
export interface KernelProfiles {
  readonly high: KernelProfile;
  readonly lows: readonly { readonly profile: KernelProfile; readonly priority: number }[];
}

/**
 * Profiles all tasks; whether the urgent one has gaps worth filling is judged by the shortest operation there is to fill them.
 *
 * @param settings  least gap that is filled, and what handing over costs, ns
 */
export function profileKernelTasks(
  { high, lows }: KernelTasks,
  { minGap, dispatch }: { readonly minGap: number; readonly dispatch: number },
  made: Made,
): KernelProfiles {
  const shortest = Math.min(...lows.map(({ trace }) => shortestOperation(trace)));
  return {
    high: buildKernelProfile(high, { made, minGap: minGap + dispatch + shortest }),
    lows: lows.map(({ trace, priority }) => ({ profile: buildKernelProfile(trace, { made }), priority })),
  };
}

/** Operations without any time would fit everywhere and gain nothing. */
function shortestOperation({ steps }: KernelTrace): number {
  const least = steps.map(({ durations }) =>
    durations.reduce((shortest, duration) => (duration > 0 ? Math.min(shortest, duration) : shortest), none),
  );
  return least.reduce((a, b) => Math.min(a, b), none);
}

/** Of a task without time: nothing is long enough for it. */
const none = 10 ** 15;
