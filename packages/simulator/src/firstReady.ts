import type { Random } from "@partitune/numerics";
import type { BackgroundJob, ModeTurns, Seconds } from "@partitune/schema";

/** How the windows of several inferences lie to each other and to the background when a run starts. */
export const phasings = ["together", "staggered", "random"] as const;
export type Phasing = (typeof phasings)[number];

/** A moment, relative to the minibatch that has just begun. */
const instant = 1e-6;

/**
 * When each inference has its first minibatch ready; nothing has run before time 0.
 *
 * - `together`: all at the moment that finds the device busy for longest with a background minibatch that its rule let start;
 * - `staggered`: the least urgent as a background minibatch ends, each more urgent one just after the one below has begun;
 * - `random`: anywhere in the first window.
 */
export function firstReady(turns: ModeTurns, phasing: Phasing, random: Random): readonly Seconds[] {
  const { inferences, background, changeoverSeconds } = turns;
  if (phasing === "random") return inferences.map(({ windowSeconds }) => random.next() * windowSeconds);
  const longest = (background?.expected.seconds ?? 0) * (1 - instant);
  if (phasing === "together") {
    const left = background === null ? 0 : mostLeft(background, longest);
    const busiest = someEnd(turns, random) - left;
    return inferences.map(() => busiest);
  }
  const times: Seconds[] = [];
  let ready = someEnd(turns, random);
  for (const { expected } of inferences.toReversed()) {
    times.unshift(ready);
    ready += instant * expected.seconds + changeoverSeconds;
  }
  return times;
}

/** How much of a background minibatch the rule may leave when an inference becomes ready. */
function mostLeft({ policy, toleratedSeconds }: BackgroundJob, longest: Seconds): Seconds {
  return { reserve: 0, slack: Math.min(toleratedSeconds, longest), greedy: longest }[policy];
}

/** A moment in the first window at which a background minibatch ends; any moment without a background. */
function someEnd({ inferences, background }: ModeTurns, random: Random): Seconds {
  const windowSeconds = inferences[0]?.windowSeconds ?? 0;
  if (background === null) return random.next() * windowSeconds;
  const { seconds } = background.expected;
  return (1 + random.integer(Math.max(1, Math.floor(windowSeconds / seconds)))) * seconds;
}
