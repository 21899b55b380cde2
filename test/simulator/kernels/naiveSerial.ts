import type { KernelGame, KernelPredictions } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelSettings } from "../../../packages/simulator/src/kernelSettings.ts";
import { emptyResult, type NaiveResult, NaiveTask } from "./naiveTask.ts";

/**
 * One operation at a time, nanosecond by nanosecond: alone, gaps filled, stream priorities, one queue. At every tick the rules are read
 * anew from the definition, with nothing remembered but what a scheduler would know.
 */
export function naiveSerial(
  game: KernelGame,
  policy: "exclusive" | "fill" | "greedy" | "fifo",
  settings: KernelSettings,
  predictions: KernelPredictions,
): NaiveResult {
  const { arrival = 0 } = game;
  const result = emptyResult(game);
  const tasks = game.low.map((task) => new NaiveTask(task));
  const { durations, idles, idleKinds } = game.high.step;
  const rows = durations.length;
  const high = { next: 0, ready: arrival, gapFrom: -1, kind: 0, gapOpen: false };
  const learnt = new Map<number, number>();
  let busy: { task: number; row: number; from: number; until: number } | null = null;
  let turn = 0;
  let ended = false;
  let ahead: number | null = null;
  let heldUp = 0;
  let expected = 0;

  const live = () => tasks.filter(({ over }) => !over).length;
  const inTurn = (candidates: readonly number[]) =>
    candidates.toSorted(
      (a, b) => ((a - turn + tasks.length) % tasks.length) - ((b - turn + tasks.length) % tasks.length),
    )[0];
  const freely = (now: number, byLevel: boolean) => {
    const ready = tasks.flatMap((task, k) => (task.isReady(now) ? [k] : []));
    const level = Math.min(...ready.map((k) => game.low[k]!.priority));
    const chosen = inTurn(byLevel ? ready.filter((k) => game.low[k]!.priority === level) : ready);
    if (chosen !== undefined) turn = (chosen + 1) % tasks.length;
    return chosen;
  };
  const fitting = (now: number, end: number) => {
    const known = (k: number) =>
      settings.oracle ? tasks[k]!.duration : (predictions.durations[k]?.[tasks[k]!.row] ?? Number.POSITIVE_INFINITY);
    return tasks
      .flatMap((task, k) => (task.isReady(now) && settings.dispatch + known(k) <= end - now ? [k] : []))
      .toSorted((a, b) => game.low[a]!.priority - game.low[b]!.priority || known(b) - known(a) || a - b)[0];
  };
  const startLow = (task: number, now: number, cost: number) => {
    const from = now + cost;
    busy = { task, row: tasks[task]!.row, from, until: from + tasks[task]!.duration };
    result.dispatch += cost;
  };
  const startHigh = (now: number) => {
    if (now > high.ready && high.next > 0) {
      result.lateGaps++;
      result.latest = Math.max(result.latest, now - high.ready);
      heldUp += now - high.ready;
    }
    busy = { task: -1, row: high.next, from: now, until: now + durations[high.next]! };
  };
  const finish = (now: number) => {
    const { task, row, from } = busy!;
    busy = null;
    if (task >= 0) {
      tasks[task]!.end(now);
      result.lowOperations++;
      if (!ended) result.lowWork += now - from;
      return;
    }
    if (row === rows - 1) {
      ended = true;
      result.completion = now - arrival;
      return;
    }
    high.next = row + 1;
    high.gapFrom = now;
    high.kind = idles[row] === 0 ? 0 : idleKinds[row]!;
    high.ready = now + idles[row]!;
    if (settings.host === "free" && high.kind === 1) {
      const alone = durations.slice(0, row + 1).reduce((sum, each, i) => sum + each + idles[i]!, 0);
      high.ready = Math.max(now, arrival + alone);
      if (high.ready === now) high.kind = -1;
    }
    high.gapOpen = high.kind > 0;
    ahead = null;
    foresee(row, high.ready - now);
  };
  /** What the scheduler expects of the gap that begins, and what it learns when it ends. */
  const foresee = (row: number, gap: number) => {
    expected = 0;
    if (policy !== "fill" || !(high.kind === 1 || settings.blind)) return;
    const told = predictions.idles[row] ?? 0;
    const key = predictions.keys?.[row] ?? -1;
    const known = Math.min(told === Number.POSITIVE_INFINITY ? 0 : told, learnt.get(key) ?? Number.POSITIVE_INFINITY);
    expected = settings.oracle ? gap : known;
    result.overPredicted! += Math.max(0, expected - gap);
    if (settings.feedback && gap < expected) learnt.set(key, gap);
    if (expected < settings.minGap || gap === 0) expected = 0;
    if (settings.maxOverrun !== null && heldUp > settings.maxOverrun) expected = 0;
  };
  /** Starts what may start now. @returns whether anything did */
  const decide = (now: number, justEnded: boolean): boolean => {
    const start = (task: number | undefined, cost = 0) => {
      if (task !== undefined) startLow(task, now, cost);
      return task !== undefined;
    };
    if (ended) return policy !== "exclusive" && start(freely(now, policy !== "fifo"));
    const waits = now < high.ready;
    const before = high.next === 0;
    if (policy === "fifo" && (before || high.gapOpen)) {
      if (now <= high.ready && start(freely(now, false))) return true;
      if (waits) return false;
      ahead ??= settings.window * live() - 1;
      if (ahead > 0 && start(freely(now, false))) {
        ahead--;
        return true;
      }
    } else if (waits && policy !== "exclusive") {
      if (before || (policy === "greedy" && high.gapOpen)) return start(freely(now, true));
      const until = high.gapFrom + expected;
      if (expected > 0 && (justEnded || now < until)) return start(fitting(now, until), settings.dispatch);
      return false;
    }
    if (waits) return false;
    startHigh(now);
    return true;
  };

  if (policy === "fill") result.overPredicted = 0;
  for (let now = 0; now < 100_000; now++) {
    let justEnded = false;
    for (;;) {
      if (busy !== null && (busy as { until: number }).until > now) break;
      if (busy !== null) {
        finish(now);
        justEnded = true;
        if (ended && game.scenario === "co-run") break;
      } else if (!decide(now, justEnded)) break;
    }
    if (ended && (policy === "exclusive" || game.scenario === "co-run" || live() === 0)) break;
    const running = busy as { task: number; row: number; from: number } | null;
    if (running === null || running.from > now) continue;
    result.owners[now] = `${running.task}/${running.row}`;
    if (running.task >= 0 && high.next > 0 && !ended && now < high.ready) result.lowWorkInGaps++;
  }
  result.lowFinishes = tasks.map(({ finish: at }) => at);
  return result;
}
