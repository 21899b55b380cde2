import type { MeasurementResults, Protocol, Seconds, Telemetry } from "@partitune/schema";
import type { Clock, Run, Session, Usage } from "./executor.ts";
import { independentSamples } from "./independentSamples.ts";
import { isSteady, leastForSteady } from "./isSteady.ts";
import { leastPowerWindow } from "./leastPowerWindow.ts";
import { type MeterReadings, meterPause } from "./meterStopped.ts";
import { widestGap } from "./readingInWindow.ts";
import { runLatencies } from "./runLatency.ts";
import { settledTemperature, settlingSeconds } from "./settledTemperature.ts";
import { precisionOf, quantileEstimate } from "./summarise.ts";

/** What measuring one batch size on a running session depends on. */
export interface MeasureContext {
  readonly protocol: Protocol;
  readonly clock: Clock;
  /** Ends the measurement early; what was measured so far is kept. */
  readonly signal: AbortSignal;
  /** Called between batches; throws when the measurement makes no sense any more. */
  readonly check: () => void;
  readonly onPhase: (phase: "warming up" | "measuring") => void;
}

/** What was seen: raw runs and counters, before any summary. */
export interface Observation {
  /** All runs, warm-up first. */
  readonly runs: readonly Run[];
  readonly warmup: number;
  readonly steady: boolean;
  readonly stoppedBy: MeasurementResults["stoppedBy"];
  /** Counters at both ends of the measuring window and after it; null when the measurement was ended early. */
  readonly usage: MeterReadings | null;
  /** What the device reported from the first run to the last, on the executor's clock; absent where it reports nothing. */
  readonly telemetry?: Telemetry;
  /** Time that passed from the first run to the last, on the clock and on the calendar. */
  readonly elapsed: { readonly now: Seconds; readonly wall: Seconds };
}

/** Precision and steadiness are looked at when the number of batches has grown by this factor: an interval that is peeked at after every batch lies. */
const growth = 1.5;
/** Beyond the budget it is looked at more often, since what is measured then is measured for nothing else. */
const laterGrowth = 1.05;

/** An open load is not believed to be precise before: with fewer batches, how much they follow each other cannot be told from chance. */
const leastOpen = 100;

/** Up to this many budgets are spent to reach the least number of batches: with fewer there would be not even a median. */
const mostBudgets = 10;
/** Up to this many, when the batches are there but are so correlated that they are worth fewer. */
const mostBudgetsCorrelated = 3;

/**
 * Warms up, then measures, one batch at a time.
 *
 * Warm-up ends at a steady state, not before the protocol's least batches and time, and at its budget at the latest. Measuring
 * ends when the interval of the target percentile is narrow enough, or when the budget is spent; in both cases not before the least
 * number of batches, unless that takes more than ten budgets, or three to make them worth that many independent ones. Where the device's
 * temperature is known, steady also means that it has settled; where its energy counter is slow, measuring goes on until the counter is exact to 2 %,
 * within the budget.
 *
 * @throws WorkerFailure when a batch fails
 */
export async function measure(session: Session, batch: number, context: MeasureContext): Promise<Observation> {
  const { clock, signal } = context;
  const runs: Run[] = [];
  const began = { now: clock.now(), wall: clock.wall() };
  context.onPhase("warming up");
  const steady = await unlessAborted(warmUp(session, batch, context, runs), false, signal);
  const warmup = runs.length;
  context.onPhase("measuring");
  const before = await readUsage(session, signal);
  const leastWindow = leastPowerWindow(before?.energyUpdateSeconds);
  const stoppedBy = await unlessAborted(
    collect(session, batch, context, runs, leastWindow),
    "aborted" as const,
    signal,
  );
  const after = await readUsage(session, signal);
  const telemetry = await unlessAborted(readTelemetry(session, began.now, clock.now()), undefined, signal);
  const elapsed = { now: clock.now() - began.now, wall: clock.wall() - began.wall };
  const later = after === null || after.energyJoules === null ? null : await readLater(session, clock, signal);
  return {
    runs,
    warmup,
    steady,
    stoppedBy,
    usage: before === null || after === null ? null : { before, after, later },
    ...(telemetry === undefined ? {} : { telemetry }),
    elapsed,
  };
}

async function readLater(session: Session, clock: Clock, signal: AbortSignal): Promise<Usage | null> {
  if (!signal.aborted) await clock.sleep(meterPause);
  return readUsage(session, signal);
}

async function readTelemetry(session: Session, from: Seconds, to: Seconds): Promise<Telemetry | undefined> {
  return session.telemetry?.(from, to);
}

function readUsage(session: Session, signal: AbortSignal): Promise<Usage | null> {
  return signal.aborted ? Promise.resolve(null) : unlessAborted(session.usage(), null, signal);
}

/** Whoever ends a campaign also closes its sessions; the batch that fails thereby is no failure. */
async function unlessAborted<T, U>(work: Promise<T>, otherwise: U, signal: AbortSignal): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return otherwise;
    throw error;
  }
}

async function warmUp(session: Session, batch: number, context: MeasureContext, runs: Run[]): Promise<boolean> {
  const { protocol, clock, signal } = context;
  const began = clock.now();
  let next = Math.max(protocol.warmupIterations, leastForSteady);
  while (!signal.aborted) {
    const elapsed = clock.now() - began;
    const least = runs.length >= protocol.warmupIterations && elapsed >= protocol.warmupSeconds;
    if (least && runs.length >= next) {
      if (isSteady(independentOf(runs)) && (await isSettled(session, context))) return true;
      next = Math.ceil(runs.length * growth);
    }
    if (least && elapsed >= protocol.warmupBudgetSeconds) return false;
    context.check();
    runs.push(await session.run(batch));
  }
  return false;
}

/** A short warm-up looks back less far: the budget is what its protocol has for settling. */
async function isSettled(session: Session, { clock, protocol }: MeasureContext): Promise<boolean> {
  const now = clock.now();
  const span = Math.min(settlingSeconds, protocol.warmupBudgetSeconds / 3);
  const telemetry = await readTelemetry(session, now - span - widestGap, now);
  return telemetry === undefined || settledTemperature(telemetry, now, span);
}

/** Waiting times of an open load follow each other closely, which is no trend: only so many are looked at as are independent. */
function independentOf(runs: readonly Run[]): readonly Seconds[] {
  const latencies = runLatencies(runs);
  if (latencies.length === 0 || runs[0]?.intended === undefined) return latencies;
  const stride = Math.ceil(latencies.length / independentSamples(latencies));
  return latencies.filter((_, i) => i % stride === 0);
}

async function collect(
  session: Session,
  batch: number,
  context: MeasureContext,
  runs: Run[],
  leastWindow: Seconds,
): Promise<MeasurementResults["stoppedBy"]> {
  const { protocol, clock, signal } = context;
  const began = clock.now();
  const first = runs.length;
  let next = protocol.minimumSamples;
  let allowed = { budgets: 1, until: 0 };
  while (!signal.aborted) {
    const measured = runs.length - first;
    if (measured >= next && clock.now() - began >= Math.min(leastWindow, protocol.budgetSeconds)) {
      if (isPrecise(runs.slice(first), protocol)) return "precision";
      next = Math.ceil(measured * growth);
    }
    const budgets = (clock.now() - began) / protocol.budgetSeconds;
    if (measured > 0 && budgets >= 1) {
      if (measured >= allowed.until) allowed = allowedBudgets(runs.slice(first), protocol);
      if (budgets >= allowed.budgets) return "budget";
    }
    context.check();
    runs.push(await session.run(batch));
  }
  return "aborted";
}

/** Budgets that may be spent, and the number of batches at which to think again: to do so after each would take longer than the batches. */
function allowedBudgets(
  runs: readonly Run[],
  protocol: Protocol,
): { readonly budgets: number; readonly until: number } {
  const later = Math.ceil(runs.length * laterGrowth);
  const isShort = runs.length < protocol.minimumSamples;
  return { budgets: budgetsFor(runs, protocol), until: isShort ? Math.min(later, protocol.minimumSamples) : later };
}

function budgetsFor(runs: readonly Run[], { minimumSamples }: Protocol): number {
  const latencies = runLatencies(runs);
  if (latencies.length < minimumSamples) return mostBudgets;
  return independentSamples(latencies) < minimumSamples ? mostBudgetsCorrelated : 1;
}

function isPrecise(runs: readonly Run[], protocol: Protocol): boolean {
  const latencies = runLatencies(runs);
  const least =
    runs[0]?.intended === undefined ? protocol.minimumSamples : Math.max(protocol.minimumSamples, leastOpen);
  if (latencies.length < least) return false;
  const sorted = Float64Array.from(latencies).sort();
  const { targetQuantile, targetPrecision, confidence } = protocol;
  const precision = precisionOf(quantileEstimate(sorted, independentSamples(latencies), targetQuantile, confidence));
  return precision !== null && precision <= targetPrecision;
}
