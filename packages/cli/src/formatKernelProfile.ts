import type { KernelIdentity, KernelKey, KernelProfile } from "@partitune/schema";
import { formatNanoseconds } from "./formatNanoseconds.ts";
import { formatPercent, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

const mostIdentities = 15;

/** What a task's operations take and where the device waits: the verdict first, then the operations that take most time. */
export function formatKernelProfile(profile: KernelProfile): string {
  const { task, deviceName, synthetic, steps, gain, why } = profile;
  const title = `${task} on ${deviceName ?? "an unknown device"}${synthetic ? ", synthetic" : ""}, ${steps} steps`;
  const verdict = `${gain === "worthwhile" ? "worth filling" : "nothing to gain"}: ${why}`;
  return `${printable(title)}\n${printable(verdict)}\n\n${facts(profile)}\n${operations(profile)}`;
}

function facts({ operationsPerStep, busyFraction, idle, minGap, sequence, spread }: KernelProfile): string {
  const same = sequence.identical
    ? "the same in every step"
    : `differs at ${sequence.positionsThatDiffer} places; ${formatPercent(sequence.fallbackFraction)} known by identity alone`;
  const rows: readonly (readonly [string, string])[] = [
    ["operations in a step", significant(operationsPerStep)],
    ["their sequence", same],
    ["device busy", formatPercent(busyFraction)],
    ["idle in a step", formatNanoseconds(idle.perStep)],
    ["  with nothing launched", formatNanoseconds(idle.empty)],
    [`  in gaps of ${formatNanoseconds(minGap)} and more`, formatNanoseconds(idle.fillable)],
    ["spread of execution times", orUnknown(spread.executions)],
    ["spread of idle times", orUnknown(spread.idles)],
  ];
  return formatTable(rows, [
    { header: "", text: ([what]) => what },
    { header: "", text: ([, value]) => value },
  ]).replace(/^\n/u, "");
}

function orUnknown(spread: number | null): string {
  return spread === null ? "unknown" : formatPercent(spread);
}

/** Of each identity wherever it occurs, most execution time first. */
function operations({ identities, keys, steps }: KernelProfile): string {
  const rows = keys
    .filter((key) => key.occurrence === null)
    .map((key) => ({ ...key, total: sum(key.executions) / steps }))
    .sort((a, b) => b.total - a.total);
  const table = formatTable(rows.slice(0, mostIdentities), [
    { header: "operation", text: (row) => nameOf(identities[row.identity]!) },
    { header: "in a step", text: (row) => significant(row.executions.length / steps), right: true },
    { header: "time in a step", text: (row) => formatNanoseconds(row.total), right: true },
    { header: "one, median", text: (row) => median(row.executions), right: true },
    { header: "longest", text: (row) => formatNanoseconds(row.executions.at(-1) ?? 0), right: true },
    { header: "idle after it, median", text: (row) => median(row.idles), right: true },
  ]);
  return rows.length > mostIdentities ? `${table}and ${rows.length - mostIdentities} more\n` : table;
}

function median(ascending: KernelKey["idles"]): string {
  return ascending.length === 0 ? "–" : formatNanoseconds(ascending[Math.ceil(ascending.length / 2) - 1]!);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const longestName = 60;

/** A kernel's name, cut: template arguments run to hundreds of characters. */
function nameOf({ name }: KernelIdentity): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}
