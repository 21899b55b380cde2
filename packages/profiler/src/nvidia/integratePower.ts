import type { Joules, Seconds, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import { type DistinctReading, distinctReadings } from "./distinctReadings.ts";

/** Longer without a reading than so many periods, and at least a second, and the energy is not known. */
const longestGapPeriods = 5;
const longestGap: Seconds = 1;

/** Readings of power over time. */
export interface PowerReadings {
  /** s, rising, on any clock. */
  readonly times: readonly Seconds[];
  /** Null where it could not be read. */
  readonly watts: readonly (Watts | null)[];
}

/**
 * Energy by the integral of power over a window: trapezoids over the readings without their repetitions. A value that does not change is held until one
 * update before the next one, so that a step in power stays a step.
 *
 * @param from  begin of the window, s, on the clock of the readings
 * @param periodSeconds  how often the sensor is renewed
 * @returns null with a reason when readings are missing for a part of the window
 */
export function integratePower(
  { times, watts }: PowerReadings,
  from: Seconds,
  to: Seconds,
  periodSeconds: Seconds,
): Reading {
  if (!(to > from)) return { value: null, reason: "the window is empty" };
  const hole = firstHole({ times, watts }, from, to, Math.max(longestGap, longestGapPeriods * periodSeconds));
  if (hole !== undefined) return { value: null, reason: hole };
  const corners = cornersOf(distinctReadings(times, watts), periodSeconds);
  return { value: areaBetween(corners, from, to) };
}

/** What is wrong when the readings leave more than `most` seconds of the window open. */
function firstHole({ times, watts }: PowerReadings, from: Seconds, to: Seconds, most: Seconds): string | undefined {
  const read = times.filter((_, i) => (watts[i] ?? null) !== null);
  if (!read.some((time) => time >= from - most && time <= to + most)) return "power was not read in the window";
  const edges = [from, ...read.filter((time) => time > from && time < to), to];
  const open = Math.max(...edges.slice(1).map((time, i) => time - edges[i]!));
  return open > most ? `power was not read for ${open.toFixed(1)} s of the window` : undefined;
}

/** The line that power is taken to follow: each value held until one period before the next. */
function cornersOf(readings: readonly DistinctReading[], period: Seconds): readonly DistinctReading[] {
  return readings.flatMap((reading, i) => {
    const next = readings[i + 1];
    const held = next === undefined ? undefined : next.time - period;
    return held === undefined || held <= reading.time ? [reading] : [reading, { time: held, value: reading.value }];
  });
}

/** The area below a line within a window; before its first and after its last corner it is level. */
function areaBetween(corners: readonly DistinctReading[], from: Seconds, to: Seconds): Joules {
  const inside = corners.filter(({ time }) => time > from && time < to);
  const points = [{ time: from, value: levelAt(corners, from) }, ...inside, { time: to, value: levelAt(corners, to) }];
  let joules = 0;
  for (const [i, point] of points.slice(1).entries())
    joules += ((point.value + points[i]!.value) / 2) * (point.time - points[i]!.time);
  return joules;
}

function levelAt(corners: readonly DistinctReading[], time: Seconds): Watts {
  const next = corners.findIndex((corner) => corner.time >= time);
  if (next < 0) return corners.at(-1)!.value;
  const [before, after] = [corners[Math.max(0, next - 1)]!, corners[next]!];
  if (after.time === before.time || next === 0) return after.value;
  return before.value + ((after.value - before.value) * (time - before.time)) / (after.time - before.time);
}
