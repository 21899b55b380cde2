import type { Samples, Seconds, Telemetry } from "@partitune/schema";

/** A recorded batch that was played: when, on the clock of the replay. */
export interface PlayedBatch {
  readonly samples: Samples;
  /** Its number in the samples. */
  readonly index: number;
  readonly start: Seconds;
  readonly end: Seconds;
}

interface Reading {
  readonly time: Seconds;
  readonly telemetry: Telemetry;
  /** Its number in the telemetry. */
  readonly index: number;
}

/**
 * What was recorded while batches ran, at the times at which they are played. Readings from between two batches, where the replay does not pause, fall
 * on the begin of the later.
 *
 * @param played  batches in the order of their play
 */
export function replayTelemetry(played: readonly PlayedBatch[], from: Seconds, to: Seconds): Telemetry {
  const readings = played.filter(({ start, end }) => end >= from && start <= to).flatMap(readingsOf);
  const column = <T>(pick: (telemetry: Telemetry) => readonly T[]) =>
    readings.map(({ telemetry, index }) => pick(telemetry)[index]!);
  return {
    time_s: readings.map(({ time }) => time),
    power_w: column(({ power_w }) => power_w),
    gpu_clock_hz: column(({ gpu_clock_hz }) => gpu_clock_hz),
    memory_clock_hz: column(({ memory_clock_hz }) => memory_clock_hz),
    temperature_c: column(({ temperature_c }) => temperature_c),
    busy_fraction: column(({ busy_fraction }) => busy_fraction),
    clock_reasons: column(({ clock_reasons }) => clock_reasons),
  };
}

function readingsOf({ samples, index, start, end }: PlayedBatch): readonly Reading[] {
  const { telemetry, end_s } = samples;
  if (telemetry === undefined) return [];
  const before = index === 0 ? Number.NEGATIVE_INFINITY : end_s[index - 1]!;
  const last = index + 1 === end_s.length ? Number.POSITIVE_INFINITY : end_s[index]!;
  return telemetry.time_s.flatMap((time, i) =>
    time > before && time <= last
      ? [{ time: Math.min(end, Math.max(start, end - (end_s[index]! - time))), telemetry, index: i }]
      : [],
  );
}
