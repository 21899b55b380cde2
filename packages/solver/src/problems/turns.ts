import type { Fraction, PerSecond, Seconds, Watts } from "@partitune/schema";
import { type Dispatcher, dispatchers } from "./dispatchers.ts";
import type { JoinedRow } from "./joinRows.ts";
import { minibatchesPerWindow } from "./minibatchesPerWindow.ts";
import { type Policy, policies } from "./policies.ts";
import { within } from "./within.ts";

/** What is asked of training and inference that take turns. */
export interface ConcurrentDemand {
  readonly ratePerSecond: PerSecond;
  /** Worst latency promised, from a request's arrival to the end of its minibatch. */
  readonly latencySeconds: Seconds;
  /** When a training minibatch may start. */
  readonly policy: Policy;
  /** `on-full` does not know when the next minibatch will be ready, so it goes with `greedy` only. */
  readonly dispatcher: Dispatcher;
  /** Part of the time that inference may take, by default 1. */
  readonly highestLoad?: Fraction;
  /** Time to change from one job to the other, by default 0; spent twice per inference minibatch. */
  readonly changeoverSeconds?: Seconds;
}

/** A candidate under a demand: the times that decide. */
export interface Turn {
  readonly windowSeconds: Seconds;
  /** From the first request's arrival until the minibatch is ready. */
  readonly gatherSeconds: Seconds;
  /** The inference minibatch, with the changeovers to it and back. */
  readonly serviceSeconds: Seconds;
}

/** Times of a candidate under a demand, rate above 0. */
export function turnOf(row: JoinedRow, demand: ConcurrentDemand): Turn {
  return {
    windowSeconds: row.batch / demand.ratePerSecond,
    gatherSeconds: dispatchers[demand.dispatcher](row.batch, demand.ratePerSecond),
    serviceSeconds: row.inferenceSeconds + 2 * (demand.changeoverSeconds ?? 0),
  };
}

/** Whether inference alone keeps up and keeps its promise. */
export function serves({ windowSeconds, gatherSeconds, serviceSeconds }: Turn, demand: ConcurrentDemand): boolean {
  const { latencySeconds, highestLoad = 1 } = demand;
  return within(serviceSeconds, highestLoad * windowSeconds) && within(gatherSeconds + serviceSeconds, latencySeconds);
}

/** How late training may let inference start; null when it may not train at all. */
export function toleranceOf(row: JoinedRow, turn: Turn, demand: ConcurrentDemand): Seconds | null {
  const spare = Math.max(0, demand.latencySeconds - turn.gatherSeconds - turn.serviceSeconds);
  return policies[demand.policy](spare, row.trainingSeconds);
}

/** Training minibatches per window, on average, when all of them may run. */
export function mostMinibatches(row: JoinedRow, turn: Turn, demand: ConcurrentDemand): number {
  const tolerance = toleranceOf(row, turn, demand);
  if (tolerance === null) return 0;
  return minibatchesPerWindow(idleSecondsOf(turn), row.trainingSeconds, tolerance);
}

/** What a window leaves beside inference. */
export function idleSecondsOf({ windowSeconds, serviceSeconds }: Turn): Seconds {
  return Math.max(0, windowSeconds - serviceSeconds);
}

/** Time-weighted mean power of a window with some training minibatches in it. */
export function meanWattsOf(row: JoinedRow, turn: Turn, minibatches: number): Watts {
  const training = minibatches * row.trainingSeconds;
  const idle = Math.max(0, turn.windowSeconds - turn.serviceSeconds - training);
  const joules = row.inferenceWatts * turn.serviceSeconds + row.trainingWatts * training + row.idleWatts * idle;
  return joules / Math.max(turn.windowSeconds, turn.serviceSeconds + training);
}
