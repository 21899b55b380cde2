import { quantile, quantileInterval } from "@partitune/numerics";
import type { Calibration } from "@partitune/schema";
import type { Clock, Executor, Session } from "./executor.ts";
import { lastTemperature } from "./lastTemperature.ts";
import { calibrateClock } from "./meters/calibrateClock.ts";
import { firstReading } from "./tellsPower.ts";

/** Batches of the null worker: enough for an interval of the median that a few interruptions do not move. */
const nullRuns = 60;
const nullWarmup = 10;

/**
 * Measures what measuring costs on a device: the clock's step, the cost of reading it, and the time of a batch that does nothing; and how warm the
 * device is, where it tells.
 *
 * @throws WorkerFailure when the null worker does not start
 */
export async function calibrate(
  executor: Executor,
  confidence: number,
): Promise<Omit<Calibration, "environment" | "round" | "at">> {
  const { clock } = executor;
  const { step, readingCost } = calibrateClock(clock.now);
  const session = await executor.openNull();
  const times = await timeNullRuns(session, clock).finally(() => session.close());
  const { lower, upper } = quantileInterval(times, 0.5, confidence);
  const temperature = await idleTemperature(executor);
  return {
    clock: clock.name,
    stepSeconds: Number.isFinite(step) ? step : null,
    readingSeconds: readingCost,
    overheadSeconds: { value: quantile(times, 0.5), low: lower ?? null, high: upper ?? null },
    ...(temperature === undefined ? {} : { temperatureCelsius: temperature }),
  };
}

async function idleTemperature(executor: Executor): Promise<number | undefined> {
  const session = await executor.openIdle?.();
  try {
    if (session?.telemetry === undefined) return undefined;
    await executor.clock.sleep(firstReading);
    return await lastTemperature(session, executor.clock);
  } finally {
    await session?.close();
  }
}

async function timeNullRuns(session: Session, clock: Clock): Promise<Float64Array> {
  const times = new Float64Array(nullRuns);
  for (let i = -nullWarmup; i < nullRuns; i++) {
    const start = clock.now();
    await session.run(1);
    if (i >= 0) times[i] = clock.now() - start;
  }
  return times.sort();
}
