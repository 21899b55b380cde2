import type { KernelStep } from "@partitune/schema";
import type { KernelGame } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelSettings } from "../../../packages/simulator/src/kernelSettings.ts";
import { emptyResult, type NaiveResult } from "./naiveTask.ts";

/** One nanosecond of a burst: whose operation, and whether it is kernel time or idle time between operations launched together. */
interface Unit {
  readonly owner: string;
  readonly kernel: boolean;
}

/** Operations launched together, and what follows: a gap, or the end. */
interface Burst {
  readonly units: readonly Unit[];
  readonly rows: number;
  readonly gap: number | null;
  /** Kind of the gap, and when the urgent task's next burst was launched alone. */
  readonly kind: number;
  readonly launched: number;
}

/** Long enough for every case that is played. */
const horizon = 5_000;

/** Time slices, nanosecond by nanosecond: each context is a list of bursts, written out unit by unit before anything is played. */
export function naiveTimeslice(game: KernelGame, settings: KernelSettings): NaiveResult {
  const { arrival = 0 } = game;
  const result = emptyResult(game);
  const contexts = [
    context(-1, game.high.step, 1, arrival),
    ...game.low.map(({ step, jobs }, k) => context(k, step, jobs ?? Math.ceil(horizon / timeOf(step)), 0)),
  ];
  const urgent = contexts[0]!;
  let current = -1;
  let left = 0;
  let hasTurn = false;
  let paused = 0;
  /** Bursts of the context that runs that are over end, and launch the next. */
  const endBursts = (now: number) => {
    const each = contexts[current]!;
    for (;;) {
      const burst = each.bursts[each.next];
      if (burst === undefined || each.ready > now) return;
      if (each.waited && current === 0 && now > each.ready) {
        result.lateGaps++;
        result.latest = Math.max(result.latest, now - each.ready);
      }
      each.waited = false;
      if (each.ran < burst.units.length) return;
      if (current > 0) result.lowOperations += burst.rows;
      each.next++;
      each.ran = 0;
      if (burst.gap === null) {
        if (current === 0) result.completion = now - arrival;
        else each.finish = now;
        each.ready = Number.POSITIVE_INFINITY;
        return;
      }
      const free = settings.host === "free" && current === 0 && burst.kind === 1;
      each.ready = free ? Math.max(now, arrival + burst.launched) : now + burst.gap;
      each.waited = true;
    }
  };
  const over = () => urgent.next === urgent.bursts.length && game.scenario === "co-run";
  for (let now = 0; now < horizon; now++) {
    for (;;) {
      if (now < paused) break;
      if (hasTurn) endBursts(now);
      if (over()) break;
      hasTurn = hasTurn && left > 0 && contexts[current]!.ready <= now;
      if (hasTurn) break;
      const order = contexts.map((_, i) => (current + 1 + i) % contexts.length);
      const chosen = order.find((i) => contexts[i]!.ready <= now);
      if (chosen === undefined) break;
      if (chosen !== current && current >= 0) paused = now + settings.switching;
      current = chosen;
      left = settings.quantum;
      hasTurn = true;
    }
    if (over() || contexts.every(({ ready }) => ready === Number.POSITIVE_INFINITY)) break;
    if (now < paused || !hasTurn) continue;
    const each = contexts[current]!;
    const { kernel, owner } = each.bursts[each.next]!.units[each.ran]!;
    each.ran++;
    left--;
    if (!kernel) continue;
    result.owners[now] = owner;
    if (current === 0 || urgent.next === urgent.bursts.length) continue;
    result.lowWork++;
    if (urgent.next > 0 && now < urgent.ready) result.lowWorkInGaps++;
  }
  result.lowFinishes = contexts.slice(1).map(({ finish }) => finish);
  return result;
}

function context(task: number, step: KernelStep, jobs: number, ready: number) {
  return {
    bursts: burstsOf(task, step, jobs),
    next: 0,
    ran: 0,
    ready,
    waited: false,
    finish: null as number | null,
  };
}

function burstsOf(task: number, step: KernelStep, jobs: number): readonly Burst[] {
  const bursts: Burst[] = [];
  const rows = step.durations.length;
  let units: Unit[] = [];
  let begun = 0;
  let launched = 0;
  for (let n = 0; n < rows * jobs; n++) {
    const row = n % rows;
    const owner = `${task}/${row}`;
    for (let i = 0; i < step.durations[row]!; i++) units.push({ owner, kernel: true });
    const last = n === rows * jobs - 1;
    const idle = step.idles[row]!;
    const joined = idle === 0 || step.idleKinds[row] === 0;
    launched += step.durations[row]! + idle;
    if (!last && joined) for (let i = 0; i < idle; i++) units.push({ owner, kernel: false });
    if (!last && joined) continue;
    bursts.push({ units, rows: n + 1 - begun, gap: last ? null : idle, kind: step.idleKinds[row]!, launched });
    units = [];
    begun = n + 1;
  }
  return bursts;
}

function timeOf({ durations, idles }: KernelStep): number {
  return durations.reduce((sum, each, row) => sum + each + idles[row]!, 0);
}
