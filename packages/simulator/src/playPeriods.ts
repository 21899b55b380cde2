import { type Random, seededRandom } from "@partitune/numerics";
import type { ModePeriodTrace, Seconds } from "@partitune/schema";
import { type Background, backgroundOf } from "./background.ts";
import { firstReady, type Phasing } from "./firstReady.ts";
import type { Gatherer, GathererInput } from "./gatherer.ts";
import { minibatchTimes, type TimeSpread } from "./minibatchTimes.ts";
import { type ModeArrivals, type Period, sourceOf } from "./modeLoad.ts";
import { type ModeTally, modeTally, sawLatency, summariseModeTally } from "./modeTally.ts";
import { onFullGatherer } from "./onFullGatherer.ts";
import { type Device, idleUntil, type PeriodPlay } from "./periodPlay.ts";
import { type PowerMeter, powerMeter } from "./powerMeter.ts";
import { type RequestQueue, requestQueue } from "./requestQueue.ts";
import type { RequestSource } from "./requestSource.ts";
import { type TimeSharingName, timeSharings } from "./timeSharing/index.ts";
import type { SharingCost } from "./timeSharing/timeSharing.ts";
import { windowedGatherer } from "./windowedGatherer.ts";
import type { Placing } from "./worstCaseSource.ts";

/** What is played. */
export interface Game {
  readonly periods: readonly Period[];
  /** How often the periods are played. */
  readonly rounds: number;
  readonly modeChangeSeconds: Seconds;
}

/** How it is played. */
export interface Run extends TimeSpread, SharingCost {
  readonly seed: string | number;
  readonly arrivals: ModeArrivals;
  readonly placing: Placing;
  readonly phasing: Phasing;
  readonly sharing: TimeSharingName;
}

export interface Played {
  readonly seconds: Seconds;
  readonly modeChanges: number;
  readonly periods: readonly ModePeriodTrace[];
}

/** What goes on from one period to the next for one workload. */
interface Stream {
  readonly queue: RequestQueue;
  readonly source: RequestSource;
  /** When its next window opens; null when none was open. */
  opens: Seconds | null;
  /** Who gathers its requests, or did last. */
  gatherer: Gatherer | null;
}

/** What is remembered of a period over all rounds. */
interface Account {
  readonly period: Period;
  readonly meter: PowerMeter;
  readonly tallies: readonly ModeTally[];
}

interface Stage {
  readonly run: Run;
  readonly modeChangeSeconds: Seconds;
  readonly device: Device;
  readonly streams: ReadonlyMap<string, Stream>;
  /** Time of the next minibatch of each workload, relative to what is expected. */
  readonly draws: ReadonlyMap<string, () => number>;
  /** When the last period ended. */
  ended: Seconds;
  powerMode: string;
  modeChanges: number;
}

/**
 * Plays periods one after the other, event by event.
 *
 * When a period ends, the windows that are open are completed and served in its mode; only then the mode changes, and for as long as that
 * takes nothing runs. The windows of the next period open when those before close, so what comes meanwhile is gathered and waits. When
 * the last period ends everything stops, and requests that still wait count with their age.
 */
export function playPeriods(game: Game, run: Run): Played {
  const accounts = game.periods.map(openAccount);
  const all = Array.from({ length: game.rounds }, () => accounts).flat();
  const stage = setUp(game, all, run);
  for (const [i, account] of all.entries()) playPeriod(stage, account, i === all.length - 1);
  return { seconds: stage.device.now, modeChanges: stage.modeChanges, periods: accounts.map(summarise) };
}

function openAccount(period: Period): Account {
  return { period, meter: powerMeter(), tallies: period.inferences.map(modeTally) };
}

function setUp({ modeChangeSeconds }: Game, all: readonly Account[], run: Run): Stage {
  const periods = all.map(({ period }) => period);
  const random = seededRandom(run.seed);
  const served = new Set(periods.flatMap(({ inferences }) => inferences.map(({ workload }) => workload)));
  const behind = periods.flatMap(({ background }) => (background === null ? [] : [background.workload]));
  const streamOf = (workload: string): Stream => ({
    queue: requestQueue(),
    source: sourceOf(workload, run.arrivals, periods, run.placing, random.fork(`arrivals ${workload}`)),
    opens: null,
    gatherer: null,
  });
  const stage: Stage = {
    run,
    modeChangeSeconds,
    device: { now: 0, lastJob: null },
    streams: new Map([...served].map((workload) => [workload, streamOf(workload)])),
    draws: new Map([...served, ...behind].map((name) => [name, minibatchTimes(run, random.fork(`times ${name}`))])),
    ended: 0,
    powerMode: periods[0]!.powerMode.name,
    modeChanges: 0,
  };
  placeFirstWindows(stage, periods[0]!, random.fork("phases"));
  return stage;
}

function placeFirstWindows({ streams, run }: Stage, first: Period, random: Random): void {
  const ready = firstReady(first, run.phasing, random);
  for (const [i, { workload, dispatcher, windowSeconds, batch, ratePerSecond }] of first.inferences.entries()) {
    const gathering = dispatcher === "windowed" ? windowSeconds : (batch - 1) / ratePerSecond;
    streams.get(workload)!.opens = ready[i]! - gathering;
  }
}

function playPeriod(stage: Stage, { period, meter, tallies }: Account, isLast: boolean): void {
  const { device, streams, draws, run } = stage;
  const start = stage.ended;
  const end = start + period.seconds;
  const gatherers = period.inferences.map((inference, i) => {
    const { queue, source, opens } = streams.get(inference.workload)!;
    return gathererOf({ inference, queue, source, tally: tallies[i]!, open: opens ?? start, end });
  });
  const play: PeriodPlay = {
    device,
    servers: gatherers.map((gatherer) => ({ gatherer, draw: draws.get(gatherer.inference.workload)! })),
    background: backgroundIn(period, gatherers[0], draws),
    meter,
    idleWatts: period.idleWatts,
    changeoverSeconds: period.changeoverSeconds,
    end: gatherers[0]?.closeAt ?? end,
    stopsAtEnd: isLast,
  };
  changeMode(stage, play, period.powerMode.name);
  meter.look(gatherers[0]?.windowEndFrom(device.now) ?? device.now, play.end);
  timeSharings[run.sharing].play(play, run);
  stage.ended = end;
  for (const stream of streams.values()) stream.opens = null;
  for (const gatherer of gatherers)
    leave(streams.get(gatherer.inference.workload)!, gatherer, isLast ? play.end : null);
  if (isLast) for (const stream of streams.values()) countWaiting(stream, play.end);
}

function gathererOf(input: GathererInput): Gatherer {
  return input.inference.dispatcher === "windowed" ? windowedGatherer(input) : onFullGatherer(input);
}

function backgroundIn({ background }: Period, first: Gatherer | undefined, draws: Stage["draws"]): Background | null {
  if (background === null) return null;
  const clock = { open: first?.open ?? 0, windowSeconds: first?.inference.windowSeconds ?? 1 };
  return backgroundOf(background, clock, draws.get(background.workload)!);
}

function changeMode(stage: Stage, play: PeriodPlay, powerMode: string): void {
  if (powerMode === stage.powerMode) return;
  stage.powerMode = powerMode;
  stage.modeChanges += 1;
  idleUntil(play, stage.device.now + stage.modeChangeSeconds);
}

/** Hands a stream on to the next period. @param stopped  when everything stopped; null when the window was completed */
function leave(stream: Stream, gatherer: Gatherer, stopped: Seconds | null): void {
  const { tally, open, closeAt } = gatherer;
  tally.seconds += Math.max(0, (stopped ?? closeAt) - open);
  stream.opens = closeAt;
  stream.gatherer = gatherer;
}

/** Counts the age of every request that has come and was not served. */
function countWaiting({ gatherer, source, queue }: Stream, now: Seconds): void {
  if (gatherer === null) return;
  const { tally, ready, putOff } = gatherer;
  for (; source.next < now; source.advance()) queue.add(source.next);
  const putOffs = [...ready, { size: queue.gathered, putOff }].flatMap((part) =>
    Array.from({ length: part.size }, (_, i) => i < part.putOff),
  );
  for (const [i, arrival] of queue.left().entries()) {
    if (arrival >= now) continue;
    tally.waiting += 1;
    sawLatency(tally, now - arrival, putOffs[i]!);
  }
}

function summarise({ period, meter, tallies }: Account): ModePeriodTrace {
  const power = meter.summary();
  const { background, inferences } = period;
  return {
    powerMode: period.powerMode.name,
    inferences: inferences.map(({ workload }, i) => summariseModeTally(workload, tallies[i]!)),
    background: background && {
      workload: background.workload,
      minibatches: meter.minibatches,
      minibatchesPerSecond: power.seconds === 0 ? 0 : meter.minibatches / power.seconds,
    },
    ...power,
  };
}
