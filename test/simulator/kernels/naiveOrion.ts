import type { KernelGame, KernelTask } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelSettings } from "../../../packages/simulator/src/kernelSettings.ts";
import { emptyResult, type NaiveResult } from "./naiveTask.ts";

interface Operation {
  readonly row: number;
  readonly job: number;
  readonly duration: number;
  readonly idle: number;
  /** Kind of the idle time after it; 0 without. */
  readonly kind: number;
  /** As the profile has it. */
  readonly need: number;
  readonly profile: number;
  readonly memory: boolean;
}

interface Client {
  readonly operations: readonly Operation[];
  submitted: number;
  begun: number;
  ended: number;
  endedAt: number;
  /** Nanoseconds that its operation still runs; −1 when none does. */
  left: number;
}

const horizon = 5_000;

/** Orion's policy, nanosecond by nanosecond: every client is the list of its operations and three counters. */
export function naiveOrion(game: KernelGame, { orion, host }: KernelSettings): NaiveResult {
  const { arrival = 0 } = game;
  const { multiprocessors: all, startUpJobs, updateRow } = orion;
  const result = emptyResult(game);
  const high = operationsOf(game.high, 1, all);
  const clients = game.low.map((task): Client => {
    const jobs = task.jobs ?? Math.ceil(horizon / timeOf(task));
    return { operations: operationsOf(task, jobs, all), submitted: 0, begun: 0, ended: 0, endedAt: 0, left: -1 };
  });
  const threshold = orion.threshold ?? all;
  const alone = timeOf(game.high) - high.at(-1)!.idle;
  const most = orion.maxLowDuration ?? Math.round(0.025 * alone);
  const urgent = { submitted: 0, begun: 0, ended: 0, left: -1, ready: arrival };
  let sum = 0;
  let large = false;
  let start = 0;

  const held = ({ memory, need }: Operation) => (memory ? 0 : Math.min(need, all));
  const used = () =>
    clients.reduce((total, each) => total + (each.left >= 0 ? held(each.operations[each.ended]!) : 0), 0) +
    (urgent.left >= 0 ? held(high[urgent.ended]!) : 0);
  const readyAt = (each: Client) => (each.begun === 0 ? 0 : each.endedAt + each.operations[each.begun - 1]!.idle);
  const launched = (each: Client, now: number) => {
    if (each.submitted === each.operations.length) return false;
    if (each.submitted === 0) return true;
    return each.operations[each.submitted - 1]!.kind !== 1 || (each.ended === each.submitted && readyAt(each) <= now);
  };
  const allowed = (each: Client, size: number) => {
    const next = each.operations[each.submitted]!;
    if (next.memory || urgent.submitted === 0 || urgent.ended === high.length) return true;
    if (next.job < startUpJobs) return true;
    if (updateRow !== null && urgent.ended >= updateRow && next.need <= threshold) return true;
    const { profile } = high[urgent.submitted - 1]!;
    return size + next.need <= threshold && (profile === -1 || next.profile === -1 || profile !== next.profile);
  };
  const pass = (now: number) => {
    let size = 0;
    let any = false;
    for (let i = 0; i < clients.length; i++) {
      const each = clients[(start + i) % clients.length]!;
      if (!launched(each, now) || !allowed(each, size)) continue;
      if (large && clients.some(({ submitted, ended }) => submitted > ended)) continue;
      if (large) sum = 0;
      large = false;
      const { need, duration } = each.operations[each.submitted++]!;
      size += need;
      sum += duration;
      if (sum > most && urgent.ended < high.length) large = true;
      any = true;
    }
    if (any) start = (start + 1) % clients.length;
    return any;
  };
  /** An operation launched together with the one that ended keeps its multiprocessors while it waits for them or for its time. */
  const kept = (now: number) => {
    const next = high[urgent.begun];
    if (urgent.left >= 0 || next === undefined) return 0;
    const joined = urgent.begun > 0 && high[urgent.begun - 1]!.kind === 0;
    return urgent.ready <= now || joined ? held(next) : 0;
  };
  const end = (now: number) => {
    let any = false;
    for (const each of clients)
      if (each.left === 0) {
        each.left = -1;
        each.ended++;
        each.endedAt = now;
        result.lowOperations++;
        any = true;
      }
    return any;
  };
  const moveUrgent = (now: number) => {
    let any = false;
    if (urgent.left === 0) {
      const { idle, kind } = high[urgent.ended]!;
      urgent.left = -1;
      urgent.ended++;
      urgent.ready = now + idle;
      if (urgent.ended === high.length) result.completion = now - arrival;
      else if (kind !== 1) urgent.submitted = urgent.ended + 1;
      else if (host === "free") urgent.ready = Math.max(now, arrival + startOf(game.high, urgent.ended));
      any = true;
    }
    if (urgent.left >= 0 || urgent.begun === high.length || urgent.ready > now) return any;
    urgent.submitted = urgent.begun + 1;
    if (held(high[urgent.begun]!) > all - used()) return any;
    const gap = urgent.begun > 0 && high[urgent.begun - 1]!.kind !== 0;
    if (gap && now > urgent.ready && !(urgent.ready === endOfLast)) {
      result.lateGaps++;
      result.latest = Math.max(result.latest, now - urgent.ready);
    }
    urgent.left = high[urgent.begun]!.duration;
    urgent.begun++;
    return true;
  };
  let endOfLast = -1;
  const startLow = (now: number) => {
    let any = false;
    for (;;) {
      const room = Math.max(0, all - used() - kept(now));
      const waiting = clients.filter(
        (each) =>
          each.left < 0 &&
          each.submitted > each.begun &&
          readyAt(each) <= now &&
          held(each.operations[each.begun]!) <= room,
      );
      const first = waiting.toSorted((a, b) => readyAt(a) - readyAt(b))[0];
      if (first === undefined) return any;
      first.left = first.operations[first.begun]!.duration;
      first.begun++;
      any = true;
    }
  };
  for (let now = 0; now < horizon; now++) {
    for (;;) {
      let any = end(now);
      const ended = urgent.ended;
      any = moveUrgent(now) || any;
      if (urgent.ended > ended) endOfLast = now;
      if (urgent.ended === high.length && game.scenario === "co-run") break;
      while (pass(now));
      any = startLow(now) || any;
      if (!any) break;
    }
    const over = urgent.ended === high.length;
    if (over && (game.scenario === "co-run" || clients.every((each) => each.ended === each.operations.length))) break;
    const running = clients.filter(({ left }) => left >= 0);
    const owners = running.map((each) => `${clients.indexOf(each)}/${each.operations[each.ended]!.row}`);
    if (urgent.left >= 0) owners.push(`-1/${urgent.ended}`);
    if (owners.length > 0) result.owners[now] = owners.toSorted().join(" ");
    if (!over) result.lowWork += running.length;
    const inGap = urgent.begun > 0 && !over && urgent.left < 0 && high[urgent.begun - 1]!.kind !== 0;
    if (inGap && now < urgent.ready && running.length > 0) result.lowWorkInGaps++;
    for (const each of running) each.left--;
    if (urgent.left >= 0) urgent.left--;
  }
  result.lowFinishes = clients.map((each) =>
    game.scenario === "preemption" && each.ended === each.operations.length ? each.endedAt : null,
  );
  return result;
}

function operationsOf({ step, needs, profiles, memory }: KernelTask, jobs: number, all: number): readonly Operation[] {
  const rows = step.durations.length;
  return Array.from({ length: rows * jobs }, (_, n) => {
    const row = n % rows;
    return {
      row,
      job: Math.floor(n / rows),
      duration: step.durations[row]!,
      idle: step.idles[row]!,
      kind: step.idles[row] === 0 ? 0 : step.idleKinds[row]!,
      need: needs?.[row] ?? all,
      profile: profiles?.[row] ?? -1,
      memory: memory?.[row] ?? false,
    };
  });
}

function timeOf({ step: { durations, idles } }: KernelTask): number {
  return durations.reduce((sum, each, row) => sum + each + idles[row]!, 0);
}

/** When a row begins alone. */
function startOf({ step: { durations, idles } }: KernelTask, row: number): number {
  return durations.slice(0, row).reduce((sum, each, i) => sum + each + idles[i]!, 0);
}
