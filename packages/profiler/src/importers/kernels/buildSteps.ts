import type { KernelIdentity, KernelStep } from "@partitune/schema";
import type { DeviceOperations, StepWindow } from "./deviceOperations.ts";
import { identityKey } from "./identityKey.ts";

/** An idle time of an operation that was already launched counts as a stall from here on, ns; shorter ones are the device's own latency. */
const stalledNs = 10_000;

/** Steps as a kernel trace holds them, and what did not become part of them. */
export interface BuiltSteps {
  /** Those that occur, in the order of their first occurrence. */
  readonly identities: readonly KernelIdentity[];
  readonly steps: readonly KernelStep[];
  readonly between: readonly number[];
  /** Operations without a launch time. */
  readonly unlaunched: number;
  /** Operations launched outside all windows. */
  readonly outside: number;
  /** Windows without operations. */
  readonly emptyWindows: number;
  /** Steps left out at the beginning, and their operations. */
  readonly skipped: { readonly steps: number; readonly operations: number };
  /** Operations that start before an earlier one on the same stream has ended. */
  readonly overlapsOnStream: number;
  /** Those that start before an earlier one on another stream has ended. */
  readonly overlapsOfStreams: number;
}

/**
 * Operations of one device → its steps, streams united. An operation belongs to the window in which the host launched it, whenever
 * it ran: a device may be a whole step behind. An operation counts with the time it adds to the busy time of the device, so that
 * durations and idle times of a step add up to its span.
 *
 * @param windows in the order of their starts; of nested ones the innermost counts
 * @param skip steps to leave out at the beginning
 */
export function buildSteps(
  operations: DeviceOperations,
  identities: readonly KernelIdentity[],
  windows: readonly StepWindow[],
  skip = 0,
): BuiltSteps {
  const { members, unlaunched, outside } = gather(operations, windows);
  const inOrder = runningOrder(operations, identities);
  const found = members.filter((rows) => rows.length > 0);
  const chains = found.slice(skip).map((rows) => chain(operations, rows.sort(inOrder)));
  const indices = firstOccurrences(chains.map(({ step }) => step.identities));
  return {
    identities: [...indices.keys()].map((old) => identities[old]!),
    steps: chains.map(({ step }) => ({ ...step, identities: step.identities.map((old) => indices.get(old)!) })),
    between: chains.slice(1).map(({ start }, i) => Math.max(0, start - chains[i]!.end)),
    unlaunched,
    outside,
    emptyWindows: members.length - found.length,
    skipped: { steps: found.length - chains.length, operations: found.slice(0, skip).flat().length },
    overlapsOnStream: chains.reduce((total, { overlapsOnStream }) => total + overlapsOnStream, 0),
    overlapsOfStreams: chains.reduce((total, { overlapsOfStreams }) => total + overlapsOfStreams, 0),
  };
}

function gather({ launches }: DeviceOperations, windows: readonly StepWindow[]) {
  const members: number[][] = windows.map(() => []);
  const latestEnd = windows.map(({ end }) => end);
  for (let i = 1; i < latestEnd.length; i++) latestEnd[i] = Math.max(latestEnd[i]!, latestEnd[i - 1]!);
  let unlaunched = 0;
  let outside = 0;
  for (let row = 0; row < launches.length; row++) {
    const launch = launches[row]!;
    if (Number.isNaN(launch)) {
      unlaunched++;
      continue;
    }
    let at = lastStartedBy(windows, launch);
    while (at >= 0 && windows[at]!.end <= launch) at = latestEnd[at]! > launch ? at - 1 : -1;
    if (at < 0) outside++;
    else members[at]!.push(row);
  }
  return { members, unlaunched, outside };
}

/** Index of the last window that starts at or before a time; −1 when none does. */
function lastStartedBy(windows: readonly StepWindow[], time: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (windows[middle]!.start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** By start, end, stream, identity and launch, so that clocks of coarse resolution leave no order to chance. */
function runningOrder(operations: DeviceOperations, known: readonly KernelIdentity[]) {
  const { starts, ends, launches, streams, identities } = operations;
  const keys = known.map(identityKey);
  const ranks = new Int32Array(known.length);
  const sorted = keys.map((_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
  for (const [rank, i] of sorted.entries()) ranks[i] = rank;
  return (a: number, b: number) =>
    starts[a]! - starts[b]! ||
    ends[a]! - ends[b]! ||
    streams[a]! - streams[b]! ||
    ranks[identities[a]!]! - ranks[identities[b]!]! ||
    launches[a]! - launches[b]!;
}

/** The rows of a step, in running order, as a chain. */
function chain({ starts, ends, launches, streams, identities }: DeviceOperations, rows: readonly number[]) {
  const first = rows[0]!;
  const durations = [ends[first]! - starts[first]!];
  const idles: number[] = [];
  const idleKinds: number[] = [];
  const streamEnds = new Map([[streams[first]!, ends[first]!]]);
  let runEnd = ends[first]!;
  let overlapsOnStream = 0;
  let overlapsOfStreams = 0;
  for (const row of rows.slice(1)) {
    const [start, end, stream] = [starts[row]!, ends[row]!, streams[row]!];
    const gap = Math.max(0, start - runEnd);
    idles.push(gap);
    idleKinds.push(gap === 0 ? 0 : launches[row]! > runEnd ? 1 : gap >= stalledNs ? 2 : 0);
    durations.push(Math.max(0, end - Math.max(start, runEnd)));
    const streamEnd = streamEnds.get(stream) ?? Number.NEGATIVE_INFINITY;
    if (start < streamEnd) overlapsOnStream++;
    else if (start < runEnd) overlapsOfStreams++;
    streamEnds.set(stream, Math.max(streamEnd, end));
    runEnd = Math.max(runEnd, end);
  }
  const step = {
    identities: rows.map((row) => identities[row]!),
    durations,
    idles: [...idles, 0],
    idleKinds: [...idleKinds, 0],
  };
  return { step, start: starts[first]!, end: runEnd, overlapsOnStream, overlapsOfStreams };
}

/** Old index → new one, counted in the order in which the old ones first occur. */
function firstOccurrences(lists: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const indices = new Map<number, number>();
  for (const list of lists) {
    for (const old of list) if (!indices.has(old)) indices.set(old, indices.size);
  }
  return indices;
}
