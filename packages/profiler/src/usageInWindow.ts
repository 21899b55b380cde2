import type { Bytes, Joules, Seconds } from "@partitune/schema";
import type { Usage } from "./executor.ts";

/** What was used between two readings; null with a reason, by the name of the column, where it cannot be told. */
export interface UsageInWindow {
  readonly cpuSeconds: Seconds | null;
  readonly memoryPeakBytes: Bytes | null;
  readonly energyJoules: Joules | null;
  readonly otherCpuSeconds: Seconds | null;
  readonly throttleEvents: number | null;
  /** Time between two updates of the energy counter; absent where it is negligible. */
  readonly energyUpdateSeconds?: Seconds;
  /** Most processes of others that were seen on the device; absent where it does not tell. */
  readonly otherProcesses?: number;
  /** True when the energy counter stopped, so that no power of this device can be trusted. */
  readonly meterStopped?: boolean;
  readonly reasons: Readonly<Record<string, string>>;
}

const columns = {
  cpuSeconds: ["cpu_s"],
  memoryPeakBytes: ["memory_peak_bytes"],
  energyJoules: ["power_mean_w", "energy_per_request_j"],
} as const;

/** Columns of the table that hold energy. */
export const energyColumns: readonly string[] = columns.energyJoules;

/** Nothing is known, for one reason. */
export function unknownUsage(reason: string): UsageInWindow {
  const reasons = Object.fromEntries(
    Object.values(columns)
      .flat()
      .map((column) => [column, reason]),
  );
  return {
    cpuSeconds: null,
    memoryPeakBytes: null,
    energyJoules: null,
    otherCpuSeconds: null,
    throttleEvents: null,
    reasons,
  };
}

/**
 * The difference of two readings of a session's counters.
 *
 * @param largestBatch  true when no larger batch ran before on this session: only then is the high-water mark this batch's
 */
export function usageInWindow(before: Usage, after: Usage, largestBatch: boolean): UsageInWindow {
  const difference = (name: "cpuSeconds" | "energyJoules" | "otherCpuSeconds" | "throttleEvents") => {
    const from = before[name];
    const to = after[name];
    return from === null || to === null ? null : Math.max(0, to - from);
  };
  const usage = {
    cpuSeconds: difference("cpuSeconds"),
    memoryPeakBytes: largestBatch ? after.memoryPeakBytes : null,
    energyJoules: difference("energyJoules"),
  };
  return {
    ...usage,
    otherCpuSeconds: difference("otherCpuSeconds"),
    throttleEvents: difference("throttleEvents"),
    ...(after.energyUpdateSeconds === undefined ? {} : { energyUpdateSeconds: after.energyUpdateSeconds }),
    ...othersIn(before, after),
    reasons: reasonsOf(usage, after, largestBatch),
  };
}

function othersIn(before: Usage, after: Usage): Pick<UsageInWindow, "otherProcesses"> {
  const seen = [before.otherProcesses, after.otherProcesses].filter((count) => count !== undefined);
  return seen.length === 0 ? {} : { otherProcesses: Math.max(...seen) };
}

/** The same without its energy, which is not known for a reason. */
export function withoutEnergy(usage: UsageInWindow, reason: string): UsageInWindow {
  const reasons = Object.fromEntries(columns.energyJoules.map((column) => [column, reason]));
  return { ...usage, energyJoules: null, meterStopped: true, reasons: { ...usage.reasons, ...reasons } };
}

function reasonsOf(
  usage: Readonly<Record<keyof typeof columns, number | null>>,
  after: Usage,
  largestBatch: boolean,
): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
    if (usage[name] !== null) continue;
    const reason =
      name === "memoryPeakBytes" && !largestBatch && after.memoryPeakBytes !== null
        ? "a larger batch ran before on the same worker, and the high-water mark is that one's"
        : (after.reasons[name] ?? "the device does not tell");
    for (const column of columns[name]) reasons[column] = reason;
  }
  return reasons;
}
