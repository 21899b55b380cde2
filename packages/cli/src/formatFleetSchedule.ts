import type { FleetSchedule } from "@partitune/schema";
import { formatPercent, formatQuantity, significant } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";
import { formatDuration } from "./progress.ts";

/** A schedule as text: how many cards each period takes, how good that is, and the rates it is for. */
export function formatFleetSchedule(schedule: FleetSchedule): string {
  const { periods, devices, repeat, synthetic } = schedule;
  const cards = devices.map(({ name }) => name).join(", ");
  const title = `${cards}${synthetic ? ", synthetic" : ""}: ${periods.length} ${periods.length === 1 ? "period" : "periods"}${repeat ? ", again and again" : ""}`;
  return `${printable(title)}\n\n${formatTable(periods, [
    { header: "period", text: (row) => row.name },
    { header: "lasts", text: (row) => formatDuration(row.seconds), right: true },
    { header: "cards", text: (row) => String(row.gpus.length), right: true },
    { header: "objective", text: ({ optimality }) => `${optimality.objective.name} ${significant(optimality.value)}` },
    { header: "bound", text: ({ optimality }) => orNone(optimality.bound, significant), right: true },
    { header: "gap", text: ({ optimality }) => orNone(optimality.gap, formatPercent), right: true },
    { header: "method", text: ({ optimality }) => optimality.method },
    { header: "pieces", text: (row) => String(row.gpus.flatMap(({ pieces }) => pieces).length), right: true },
  ])}\n${changes(schedule)}\n${rates(schedule)}\n${savings(schedule)}`;
}

function changes({ periods }: FleetSchedule): string {
  const changed = periods.flatMap(({ name, change }) => (change === null ? [] : [{ name, change }]));
  if (changed.length === 0) return "nothing is changed\n";
  return formatTable(changed, [
    { header: "change to", text: ({ name }) => name },
    { header: "pieces", text: ({ change }) => String(change.pieces), right: true },
    { header: "tenants", text: ({ change }) => String(change.tenants), right: true },
    { header: "kept", text: ({ change }) => String(change.kept), right: true },
    { header: "steps", text: ({ change }) => String(change.steps), right: true },
    { header: "takes", text: ({ change }) => formatDuration(change.seconds), right: true },
    { header: "at least", text: ({ change }) => formatDuration(change.criticalSeconds), right: true },
    { header: "cards meanwhile", text: ({ change }) => String(change.gpus), right: true },
    { header: "lacks meanwhile", text: ({ change }) => lacks(change.missing) },
  ]);
}

function lacks(missing: NonNullable<FleetSchedule["periods"][number]["change"]>["missing"]): string {
  if (missing.length === 0) return "nothing";
  return missing
    .map(
      ({ service, perSecond, seconds }) =>
        `${service} ${formatQuantity(perSecond, "per_s")} for ${formatDuration(seconds)}`,
    )
    .join(", ");
}

/** Hours of cards against those of a plan for the highest rates all the time. */
function savings({ gpuSeconds, peakGpuSeconds }: FleetSchedule): string {
  const hours = (seconds: number) => `${significant(seconds / 3600)} GPU-hours`;
  const part = peakGpuSeconds === 0 ? 0 : 1 - gpuSeconds / peakGpuSeconds;
  const less = part >= 0 ? `${formatPercent(part)} less` : `${formatPercent(-part)} more`;
  return `${hours(gpuSeconds)}, changes included; planned for the highest rates all the time ${hours(peakGpuSeconds)}: ${less}\n`;
}

function rates({ periods }: FleetSchedule): string {
  const names = [...new Set(periods.flatMap(({ services }) => services.map(({ name }) => name)))];
  return formatTable(names, [
    { header: "requests for", text: (service) => service },
    ...periods.map(({ name, services }) => ({
      header: name,
      text: (service: string) =>
        orNone(services.find((each) => each.name === service)?.ratePerSecond ?? null, (rate) =>
          formatQuantity(rate, "per_s"),
        ),
      right: true,
    })),
  ]);
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}
