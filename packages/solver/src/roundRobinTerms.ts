import type { AnalysedTask, RealTimeSet } from "./realTimeSet.ts";

/**
 * Time that segments take when the accelerator serves contexts in turn: (L + θ) · v · Σ ⌈g/L⌉.
 *
 * @param contexts  v: others that may be active meanwhile
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equation 3
 */
export function turnsOf(
  { segments }: AnalysedTask,
  contexts: number,
  { slice, contextSwitch }: Pick<RealTimeSet, "slice" | "contextSwitch">,
): number {
  let turns = 0;
  for (const { execution } of segments) turns += Math.ceil(execution / slice);
  return (slice + contextSwitch) * contexts * turns;
}

/** Tasks that use the accelerator, best-effort ones included: they have contexts of the same rank. */
export function usersOf({ tasks, bestEffort }: RealTimeSet): readonly AnalysedTask[] {
  return [...tasks, ...bestEffort].filter(({ segments }) => segments.length > 0);
}

/** What a task needs alone, and what the turns of all others take from its segments: C + G + Iie (equation 5). */
export function ownTurns(task: AnalysedTask, set: RealTimeSet, users: number): number {
  return task.cpu + task.launch + task.execution + turnsOf(task, users - 1, set);
}
