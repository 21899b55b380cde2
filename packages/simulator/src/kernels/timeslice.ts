import { type KernelPlay, late, readyAfter } from "../kernelPlay.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/**
 * Default sharing between processes: contexts take turns in slices of execution time, and interrupt each other's operations.
 *
 * A context gives up the rest of its turn when it has nothing to run; idle time between operations launched together counts as running.
 */
export const timeslice = {
  description: "default sharing by time slices",
  title: ({ quantum, switching }) =>
    `time slices of ${quantum / 1000} µs${switching === 0 ? "" : `, ${switching / 1000} µs to change`}`,
  play(play, { quantum, switching }) {
    const contexts = contextsOf(play);
    const urgent = contexts[0]!;
    let now = 0;
    let last = -1;
    while (play.preemption || !urgent.done) {
      const turn = nextTurn(contexts, last, now);
      if (turn < 0) {
        now = contexts.reduce((soonest, { ready }) => Math.min(soonest, ready), Number.POSITIVE_INFINITY);
        if (now === Number.POSITIVE_INFINITY) return;
        continue;
      }
      if (turn !== last && last >= 0) now += switching;
      last = turn;
      now = runTurn(play, contexts, turn, now, quantum);
    }
  },
} satisfies KernelPolicy;

interface Context {
  readonly task: number;
  readonly durations: Float64Array;
  readonly idles: Float64Array;
  readonly kinds: Uint8Array;
  /** Where its operations begin in the columns, and end. */
  readonly start: number;
  readonly beyond: number;
  jobs: number;
  /** Its operation, as an index into the columns. */
  head: number;
  /** Execution time that is left of it, and, of that, of the idle time that counts as such. */
  left: number;
  joined: number;
  /** When it can run; Infinity when it has ended. */
  ready: number;
  /** Its operation did not begin yet, and came after a gap. */
  afterGap: boolean;
  done: boolean;
}

function contextsOf({ high, low, lowColumns, arrival }: KernelPlay): readonly Context[] {
  const urgent = contextOf(-1, high, 0, high.count, 1, arrival);
  const { starts } = lowColumns;
  const others = Array.from({ length: low.count }, (_, k) =>
    contextOf(k, lowColumns, starts[k]!, starts[k + 1]!, low.jobs[k]!, 0),
  );
  return [urgent, ...others];
}

function contextOf(
  task: number,
  { durations, idles, kinds }: Pick<Context, "durations" | "idles" | "kinds">,
  start: number,
  beyond: number,
  jobs: number,
  ready: number,
): Context {
  const context = { task, durations, idles, kinds, start, beyond, jobs, head: start, left: 0, joined: 0, ready };
  return load({ ...context, afterGap: false, done: false });
}

/** Makes an operation what is left to run. */
function load(context: Context): Context {
  const { head, kinds, idles, durations, beyond, jobs } = context;
  const ends = head + 1 === beyond && jobs === 1;
  context.joined = kinds[head] === 0 && !ends ? idles[head]! : 0;
  context.left = durations[head]! + context.joined;
  return context;
}

function nextTurn(contexts: readonly Context[], last: number, now: number): number {
  for (let i = 1; i <= contexts.length; i++) {
    const turn = (last + i) % contexts.length;
    if (contexts[turn]!.ready <= now) return turn;
  }
  return -1;
}

/** Runs a context for at most a quantum. @returns when it stopped */
function runTurn(play: KernelPlay, contexts: readonly Context[], turn: number, from: number, quantum: number): number {
  const context = contexts[turn]!;
  const urgent = contexts[0]!;
  let now = from;
  let left = quantum;
  for (;;) {
    if (context.afterGap) {
      context.afterGap = false;
      if (context === urgent && now > context.ready) late(play.tally, now - context.ready);
    }
    const ran = Math.min(left, context.left);
    count(play, context, urgent, now, ran);
    now += ran;
    left -= ran;
    context.left -= ran;
    if (context.left > 0) return now;
    advance(play, context, now);
    if (context.ready > now) return now;
  }
}

function count(play: KernelPlay, context: Context, urgent: Context, now: number, ran: number): void {
  const { tally, watch } = play;
  const kernel = Math.min(ran, Math.max(0, context.left - context.joined));
  if (watch !== null && kernel > 0) watch(context.task, context.head - context.start, now, now + kernel);
  if (context === urgent || urgent.done) return;
  tally.lowWork += kernel;
  if (urgent.afterGap && now < urgent.ready) tally.lowWorkInGaps += Math.min(now + kernel, urgent.ready) - now;
}

/** An operation has ended: the next is loaded, and is ready at once if it was launched before. */
function advance(play: KernelPlay, context: Context, now: number): void {
  const { task, head, kinds, idles } = context;
  if (task >= 0) play.tally.lowOperations++;
  const over = head + 1 === context.beyond;
  if (over) context.jobs--;
  if (over && context.jobs === 0) {
    finish(play, context, now);
    return;
  }
  context.head = over ? context.start : head + 1;
  load(context);
  if (kinds[head] === 0 || idles[head] === 0) return;
  context.ready = task < 0 ? readyAfter(play, head, now) : now + idles[head]!;
  context.afterGap = true;
}

function finish({ low, tally, arrival }: KernelPlay, context: Context, now: number): void {
  context.done = true;
  context.ready = Number.POSITIVE_INFINITY;
  if (context.task >= 0) low.finishes[context.task] = now;
  else tally.completion = now - arrival;
}
