import type { Warning } from "@partitune/schema";
import type { DeviceOperations, StepWindow } from "./deviceOperations.ts";

/** Times since 1970 in µs stay below this until the year 5138. */
const latestOrigin = 10n ** 17n;
/** No device starts and ends a kernel within half a µs; integer µs give many zeros, so the longest tenth is looked at. */
const shortestNs = 500;
/** A network whose typical kernel takes longer would be the first. */
const longestNs = 5e6;
/** A ratio that should be about one, and units a thousand apart. */
const tooMuch = 100;

/**
 * Doubts about the units of a trace's times: a writer that states ns or ms where µs belong is wrong by 1000. Nothing is
 * corrected.
 *
 * @param origin first time, whole µs
 */
export function clockWarnings(
  file: string,
  operations: DeviceOperations,
  windows: readonly StepWindow[],
  origin: bigint | undefined,
): readonly Warning[] {
  const causes = [originDoubt(origin), durationDoubt(operations), streamDoubt(operations), windowDoubt(windows)];
  return causes
    .filter((cause) => cause !== undefined)
    .map((cause) => ({
      code: "clock-units",
      where: file,
      cause,
      advice: "times must be µs, in ts and dur alike; check what wrote the trace before using the numbers",
    }));
}

function originDoubt(origin: bigint | undefined): string | undefined {
  if (origin === undefined || origin < latestOrigin) return undefined;
  return `it begins at ${origin} µs, far in the future: its times seem to be ns, 1000 times too long`;
}

function durationDoubt({ starts, ends }: DeviceOperations): string | undefined {
  const sorted = starts.map((start, i) => ends[i]! - start).sort();
  const [typical, long] = [0.5, 0.9].map((part) => sorted[Math.floor(part * (sorted.length - 1))]!);
  if (sorted.length < 10) return undefined;
  if (long! < shortestNs)
    return `nine tenths of its operations take less than ${shortestNs} ns: times seem 1000 times too short`;
  if (typical! > longestNs)
    return `half of its operations take more than ${longestNs / 1e6} ms: times seem 1000 times too long`;
  return undefined;
}

/** Operations of one stream do not run at the same time. */
function streamDoubt({ starts, ends, streams }: DeviceOperations): string | undefined {
  const sums = new Map<number, { busy: number; first: number; last: number }>();
  for (let i = 0; i < starts.length; i++) {
    const [start, end] = [starts[i]!, ends[i]!];
    const sum = sums.get(streams[i]!) ?? { busy: 0, first: start, last: start };
    sum.busy += end - start;
    sum.first = Math.min(sum.first, start);
    sum.last = Math.max(sum.last, start);
    sums.set(streams[i]!, sum);
  }
  const wrong = [...sums].find(([, { busy, first, last }]) => last > first && busy > tooMuch * (last - first));
  return wrong === undefined
    ? undefined
    : `the operations of stream ${wrong[0]} add up to ${Math.round(wrong[1].busy / (wrong[1].last - wrong[1].first))} times the time in which they run: ts and dur seem to be in different units`;
}

/** A step ends about when the next begins. */
function windowDoubt(windows: readonly StepWindow[]): string | undefined {
  const ratios = windows
    .slice(1)
    .map(({ start }, i) => (start - windows[i]!.start) / (windows[i]!.end - windows[i]!.start))
    .sort((a, b) => a - b);
  const typical = ratios[ratios.length >> 1];
  if (typical === undefined || (typical < tooMuch && typical > 1 / tooMuch)) return undefined;
  return `steps begin ${typical.toPrecision(2)} times as far apart as they last: ts and dur seem to be in different units`;
}
