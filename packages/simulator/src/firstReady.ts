import type { Random } from "@partitune/numerics";
import type { ModeTurns, Seconds } from "@partitune/schema";

/** How the windows of several inferences lie to each other and to the background when a run starts. */
export const phasings = ["together", "staggered", "random"] as const;
export type Phasing = (typeof phasings)[number];

/** A moment, relative to the minibatch that has just begun. */
const instant = 1e-6;

/**
 * When each inference has its first minibatch ready; nothing has run before time 0.
 *
 * - `together`: all at the moment that finds the device busy for longest with a background minibatch that its rule let start;
 * - `staggered`: the least urgent at that moment, each more urgent one just after the one below has begun;
 * - `random`: anywhere in the first window.
 */
export function firstReady(turns: ModeTurns, phasing: Phasing, random: Random): readonly Seconds[] {
  const { inferences, background, changeoverSeconds } = turns;
  if (phasing === "random") return inferences.map(({ windowSeconds }) => random.next() * windowSeconds);
  const busiest = busiestMoment(background, inferences[0]?.windowSeconds ?? 0, random);
  if (phasing === "together") return inferences.map(() => busiest);
  const times: Seconds[] = [];
  let ready = busiest;
  for (const { expected } of inferences.toReversed()) {
    times.unshift(ready);
    ready += instant * expected.seconds + changeoverSeconds;
  }
  return times;
}

/** A moment in the first window that finds a background minibatch with as much left to do as the rule may leave. */
function busiestMoment(background: ModeTurns["background"], windowSeconds: Seconds, random: Random): Seconds {
  if (background === null) return random.next() * windowSeconds;
  const { policy, toleratedSeconds, expected } = background;
  const longest = expected.seconds * (1 - instant);
  const left = { reserve: 0, slack: Math.min(toleratedSeconds, longest), greedy: longest }[policy];
  const before = random.integer(Math.max(1, Math.floor(windowSeconds / expected.seconds)));
  return (before + 1) * expected.seconds - left;
}
