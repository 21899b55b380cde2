import type { PerSecond } from "@partitune/schema";
import type { Answer } from "./answer.ts";
import { type ConcurrentProblem, concurrent } from "./concurrent.ts";
import type { ConcurrentChoice } from "./concurrentChoice.ts";
import type { InferenceRow } from "./rows.ts";

/** Inference that is always behind, run in the time that urgent inference leaves; it promises no latency. */
export interface BackloggedProblem extends Omit<ConcurrentProblem, "training"> {
  readonly backlog: readonly InferenceRow[];
}

export interface BackloggedChoice extends ConcurrentChoice {
  /** Requests of a minibatch of the backlog. */
  readonly backlogBatch: number;
  /** Requests of the backlog per second; 0 when it starves. */
  readonly backlogRate: PerSecond;
}

/**
 * The mode and both minibatches that serve most of a backlog beside urgent inference: {@link concurrent} with the backlog's
 * minibatches in the place of training, for each of its batch sizes; of equals the one of least power.
 *
 * @returns the choice with its value (requests/s of the backlog), or the choice that misses the limits least
 * @throws InputError as {@link concurrent}
 */
export function backlogged({ backlog, ...problem }: BackloggedProblem): Answer<BackloggedChoice> {
  let best: Answer<BackloggedChoice> | undefined;
  for (const [batch, training] of Map.groupBy(backlog, (row) => row.batch)) {
    const answer = withBatch(concurrent({ ...problem, training }), batch);
    if (best === undefined || isBetter(answer, best)) best = answer;
  }
  return best ?? withBatch(concurrent({ ...problem, training: [] }), 0);
}

function withBatch(answer: Answer<ConcurrentChoice>, backlogBatch: number): Answer<BackloggedChoice> {
  const extend = (choice: ConcurrentChoice): BackloggedChoice => ({
    ...choice,
    backlogBatch,
    backlogRate: choice.trainingRate * backlogBatch,
  });
  if (answer.status === "infeasible") return { ...answer, nearest: answer.nearest && extend(answer.nearest) };
  const choice = extend(answer.choice);
  return { ...answer, choice, value: choice.backlogRate };
}

function isBetter(answer: Answer<BackloggedChoice>, best: Answer<BackloggedChoice>): boolean {
  if (answer.status === "infeasible") return best.status === "infeasible" && missing(answer) < missing(best);
  if (best.status === "infeasible" || answer.value > best.value) return true;
  return answer.value === best.value && answer.choice.watts < best.choice.watts;
}

function missing({ reasons }: Answer<BackloggedChoice>): number {
  return reasons.reduce((sum, reason) => sum + reason.missing, 0);
}
