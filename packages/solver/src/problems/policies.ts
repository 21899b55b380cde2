import type { Seconds } from "@partitune/schema";
import { within } from "./within.ts";

/**
 * How late a training minibatch may let inference start, by policy; null when it may not train at all.
 *
 * A training minibatch starts while no inference minibatch is ready, if it ends in time:
 * - `reserve`: before the next is ready;
 * - `slack`: before the next is late by what the promised latency leaves unused;
 * - `greedy`: it always starts, so the promise must have room for a whole one.
 *
 * @param spare  promised latency less gathering and serving, at least 0
 */
export const policies = {
  reserve: () => 0,
  slack: (spare) => spare,
  greedy: (spare, trainingSeconds) => (within(trainingSeconds, spare) ? trainingSeconds : null),
} as const satisfies Record<string, (spare: Seconds, trainingSeconds: Seconds) => Seconds | null>;

export type Policy = keyof typeof policies;
