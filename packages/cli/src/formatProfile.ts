import { type Estimate, formatPartition, type MeasurementResults, type Profile } from "@partitune/schema";
import { formatEstimate, formatQuantity } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { type Column, formatTable } from "./printTable.ts";

type Row = Profile["measurements"][number];

/** One line per measurement; percentiles with their 99 % intervals. Power modes and power stand there where the profile has any. */
export function formatProfile(profile: Profile): string {
  return `${printable(titleOf(profile))}\n${formatTable(profile.measurements, columnsOf(profile))}`;
}

function titleOf({ device }: Profile): string {
  const { name, processor, cores, kind } = device;
  const counted = kind === "nvidia" ? [] : [`${cores} cores`]; // a card's are multiprocessors, and its processor says how many
  const parts = name.includes(processor) ? [] : [processor, ...counted];
  return [nameDevice(device), ...parts, "intervals at 99 %"].join(", ");
}

function columnsOf({ measurements }: Profile): readonly Column<Row>[] {
  const hasModes = new Set(measurements.map((row) => row.point.config.powerMode)).size > 1;
  const hasPower = measurements.some(
    ({ outcome }) => outcome.kind === "measured" && outcome.results.powerMeanWatts !== null,
  );
  return [
    { header: "workload", text: (row) => row.point.config.workload },
    ...(hasModes ? [{ header: "power mode", text: (row: Row) => row.point.config.powerMode }] : []),
    { header: "partition", text: (row) => formatPartition(row.point.config.partition) },
    { header: "batch", text: (row) => String(row.point.config.batch), right: true },
    { header: "round", text: (row) => `${row.point.round}${row.baseline ? " baseline" : ""}` },
    number("n", ({ samples }) => String(samples)),
    estimate("p50", ({ latency }) => latency.p50),
    estimate("p90", ({ latency }) => latency.p90),
    estimate("p99", ({ latency }) => latency.p99),
    number("throughput", (results) => formatQuantity(results.throughputPerSecond, "per_s")),
    ...(hasPower ? [number("power", ({ powerMeanWatts }) => formatPower(powerMeanWatts))] : []),
    {
      header: "flags",
      text: (row) =>
        row.outcome.kind === "measured" ? row.flags.join(", ") : `${row.outcome.kind}: ${row.outcome.reason}`,
    },
  ];
}

function number(header: string, text: (results: MeasurementResults) => string): Column<Row> {
  return {
    header,
    text: ({ outcome }) => (outcome.kind === "measured" ? text(outcome.results) : "–"),
    right: true,
  };
}

function estimate(header: string, pick: (results: MeasurementResults) => Estimate | null): Column<Row> {
  return number(header, (results) => formatEstimate(pick(results), "s"));
}

function formatPower(watts: number | null): string {
  return watts === null ? "–" : formatQuantity(watts, "w");
}
