import { type KernelPlay, late, readyAfter } from "../kernelPlay.ts";
import type { KernelSettings, OrionSettings } from "../kernelSettings.ts";
import { type OrionRows, toOrionRows } from "../orionRows.ts";
import { type Stream, streamsOf } from "../orionStreams.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/**
 * Orion's policy (EuroSys 2024) as its artifact has it. Urgent operations are submitted at once, on a stream of high priority. Another
 * task's next operation is submitted when it asks for other resources than the urgent one submitted last and for few multiprocessors, or
 * when the urgent task is not there; once much was submitted, nothing more is until all of it has ended.
 *
 * Here alone operations run beside each other, since that is the point of it: each holds the multiprocessors it needs (all of them where
 * that is not known) until it ends, urgent ones come first, and nobody is slower for its neighbours. That flatters it: caches and memory
 * bandwidth are shared in truth. All blocks of an operation start and end together, copies need no multiprocessor, and the scheduler's
 * passes take no time.
 */
export const orion = {
  description: "Orion's: operations that need few multiprocessors and other resources run beside the urgent ones",
  title: ({ orion: { multiprocessors, threshold, startUpJobs } }) =>
    [
      `Orion's policy, up to ${threshold ?? multiprocessors} of ${multiprocessors} multiprocessors`,
      ...(startUpJobs === 0 ? [] : [`the first ${startUpJobs} jobs unchecked`]),
    ].join(", "),
  play(play, settings) {
    const game = begin(play, settings);
    for (;;) {
      endLow(game);
      moveUrgent(game);
      if (isOver(game)) return;
      while (submitPass(game));
      startLow(game);
      passTime(game);
    }
  },
} satisfies KernelPolicy;

interface Urgent {
  row: number;
  /** waiting: its time has not come; pending: it waits for multiprocessors. */
  state: "waiting" | "pending" | "running" | "ended";
  /** When its time comes or came; while it runs, when it ends. */
  at: number;
  /** The device is idle before it, open to others. */
  afterGap: boolean;
  /** It follows one that was launched with it: multiprocessors are kept for it. */
  joined: boolean;
  /** Operations submitted so far. */
  submitted: number;
}

interface Game {
  readonly play: KernelPlay;
  /** Of the urgent task. */
  readonly rows: OrionRows;
  readonly settings: OrionSettings;
  readonly threshold: number;
  readonly maxLowDuration: number;
  readonly streams: readonly Stream[];
  readonly urgent: Urgent;
  now: number;
  free: number;
  /** Kernel time submitted since everything had ended. */
  lowDuration: number;
  blocked: boolean;
  /** Low operations submitted that have not ended. */
  outstanding: number;
  /** Where the next pass begins. */
  turn: number;
}

function begin(play: KernelPlay, { orion: settings }: KernelSettings): Game {
  return {
    play,
    rows: toOrionRows([play.game.high], settings.multiprocessors),
    settings,
    threshold: settings.threshold ?? settings.multiprocessors,
    // The artifact's 160 µs for ResNet-50, of which a request takes 6.5 ms, are this part of it.
    maxLowDuration: settings.maxLowDuration ?? Math.round(0.025 * play.high.alone),
    streams: streamsOf(play, settings.multiprocessors),
    urgent: { row: 0, state: "waiting", at: play.arrival, afterGap: false, joined: false, submitted: 0 },
    now: 0,
    free: settings.multiprocessors,
    lowDuration: 0,
    blocked: false,
    outstanding: 0,
    turn: 0,
  };
}

function isOver({ play, urgent }: Game): boolean {
  return urgent.state === "ended" && (!play.preemption || play.low.live === 0);
}

function endLow(game: Game): void {
  const { streams, now, play } = game;
  for (const stream of streams) {
    if (stream.endsAt > now) continue;
    game.free += stream.holds;
    stream.end(now);
    game.outstanding--;
    play.tally.lowOperations++;
  }
}

/** Ends, submits and starts urgent operations as far as time and multiprocessors allow. */
function moveUrgent(game: Game): void {
  const { urgent, play, now } = game;
  if (urgent.state === "running" && urgent.at <= now) endUrgent(game);
  if (urgent.state === "waiting" && urgent.at <= now) {
    urgent.state = "pending";
    urgent.submitted = urgent.row + 1;
  }
  if (urgent.state === "pending" && needOf(game) <= game.free) {
    if (urgent.afterGap && now > urgent.at) late(play.tally, now - urgent.at);
    game.free -= needOf(game);
    urgent.state = "running";
    urgent.at = now + play.high.durations[urgent.row]!;
    play.watch?.(-1, urgent.row, now, urgent.at);
  }
}

function endUrgent(game: Game): void {
  const { urgent, play, now } = game;
  game.free += needOf(game);
  const { row } = urgent;
  if (row === play.high.count - 1) {
    urgent.state = "ended";
    play.tally.completion = now - play.arrival;
    return;
  }
  const kind = play.high.kinds[row]!;
  urgent.row = row + 1;
  urgent.state = "waiting";
  urgent.at = readyAfter(play, row, now);
  urgent.joined = kind === 0;
  urgent.afterGap = kind !== 0 && urgent.at > now;
  if (kind !== 1) urgent.submitted = row + 2; // it was launched before
}

/** Multiprocessors of the urgent operation. */
function needOf({ rows, urgent }: Game): number {
  return rows.held[urgent.row]!;
}

/** One round over the tasks, each of which may submit one operation. @returns whether any did */
function submitPass(game: Game): boolean {
  const { streams, now } = game;
  if (game.blocked && game.outstanding > 0) return false;
  let size = 0;
  let any = false;
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[(game.turn + i) % streams.length]!;
    if (!stream.hasNext(now) || !admits(game, stream, size) || isBlocked(game)) continue;
    size += stream.need;
    game.lowDuration += stream.duration;
    stream.submit();
    game.outstanding++;
    if (game.lowDuration > game.maxLowDuration && game.urgent.state !== "ended") game.blocked = true;
    any = true;
  }
  if (any) game.turn = (game.turn + 1) % streams.length;
  return any;
}

function admits({ rows, urgent, settings, threshold }: Game, stream: Stream, size: number): boolean {
  if (stream.isMemory || urgent.submitted === 0 || urgent.state === "ended") return true;
  if (stream.job < settings.startUpJobs) return true;
  const { updateRow } = settings;
  if (updateRow !== null && urgent.row >= updateRow && stream.need <= threshold) return true;
  const profile = rows.profiles[urgent.submitted - 1]!;
  const differs = profile === -1 || stream.profile === -1 || profile !== stream.profile;
  return differs && size + stream.need <= threshold;
}

function isBlocked(game: Game): boolean {
  if (!game.blocked) return false;
  if (game.outstanding > 0) return true;
  game.blocked = false;
  game.lowDuration = 0;
  return false;
}

/** Starts what was submitted and finds room; the operation that has been ready longest first. */
function startLow(game: Game): void {
  for (let stream = firstFitting(game); stream !== undefined; stream = firstFitting(game))
    game.free -= stream.start(game.now, game.play.watch);
}

function firstFitting(game: Game): Stream | undefined {
  const { urgent, streams, now } = game;
  const kept = urgent.state === "pending" || (urgent.state === "waiting" && urgent.joined) ? needOf(game) : 0;
  const room = Math.max(0, game.free - kept);
  let first: Stream | undefined;
  for (const stream of streams)
    if (stream.canStart(now, room) && (first === undefined || stream.readyAt < first.readyAt)) first = stream;
  return first;
}

/** Goes on to the next time at which something happens: now, when an operation took no time. */
function passTime(game: Game): void {
  const { urgent, streams, play } = game;
  let next = urgent.state === "waiting" || urgent.state === "running" ? urgent.at : Number.POSITIVE_INFINITY;
  let running = 0;
  for (const stream of streams) {
    next = Math.min(next, stream.nextEvent(game.now));
    if (stream.isRunning) running++;
  }
  const passed = next - game.now;
  if (urgent.state !== "ended") play.tally.lowWork += running * passed;
  if (running > 0 && urgent.state === "waiting" && urgent.afterGap) play.tally.lowWorkInGaps += passed;
  game.now = next;
}
