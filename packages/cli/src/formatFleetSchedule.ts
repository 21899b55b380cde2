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
  ])}\n${rates(schedule)}`;
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
