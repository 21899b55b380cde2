import {
  type Config,
  type DeviceReadings,
  type Estimate,
  formatLoad,
  formatPartition,
  isOneInFlight,
  type MeasurementResults,
  netPower,
  type Profile,
} from "@partitune/schema";
import { formatEstimate, formatQuantity, significant } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { printable } from "./printable.ts";
import { type Column, formatTable } from "./printTable.ts";

type Row = Profile["measurements"][number];

/**
 * One line per measurement; percentiles with their 99 % intervals. Power modes, power, processes, neighbours, loads and what the device reported stand there
 * where the profile has any.
 */
export function formatProfile(profile: Profile): string {
  const lines = [titleOf(profile), ...idleLines(profile)].map(printable);
  return `${lines.join("\n")}\n${formatTable(profile.measurements, columnsOf(profile))}`;
}

/** Power of the idle device, a line for each end of each campaign. */
function idleLines({ idle = [] }: Profile): readonly string[] {
  const ends = Map.groupBy(idle, ({ moment, at }) => `${moment} ${at.slice(0, 10)}`);
  return [...ends.values()].map((baselines) => {
    const states = baselines.map(
      ({ state, powerWatts: { mean, sd } }) =>
        `${state} ${significant(mean)} ± ${significant(Number(sd.toFixed(2)))} W`,
    );
    return `idle ${baselines[0]!.moment} the campaign: ${states.join(", ")}`;
  });
}

function titleOf({ device }: Profile): string {
  const { name, processor, cores, kind } = device;
  const counted = kind === "nvidia" ? [] : [`${cores} cores`]; // a card's are multiprocessors, and its processor says how many
  const parts = name.includes(processor) || kind === "server" ? [] : [processor, ...counted];
  return [nameDevice(device), ...parts, "intervals at 99 %"].join(", ");
}

function columnsOf({ measurements }: Profile): readonly Column<Row>[] {
  const hasModes = new Set(measurements.map((row) => row.point.config.powerMode)).size > 1;
  const hasProcesses = measurements.some(({ point }) => (point.config.processes ?? 1) > 1);
  const hasNeighbours = measurements.some(({ point }) => point.neighbours.length > 0);
  const hasLoads = measurements.some(({ point }) => !isOneInFlight(point.load));
  const hasErrors = measurements.some(
    ({ outcome }) => outcome.kind === "measured" && outcome.results.errorFraction > 0,
  );
  const hasPower = measurements.some(
    ({ outcome }) => outcome.kind === "measured" && outcome.results.powerMeanWatts !== null,
  );
  return [
    { header: "workload", text: (row) => row.point.config.workload },
    ...(hasModes ? [{ header: "power mode", text: (row: Row) => row.point.config.powerMode }] : []),
    { header: "partition", text: (row) => formatPartition(row.point.config.partition) },
    { header: "batch", text: (row) => String(row.point.config.batch), right: true },
    ...(hasProcesses
      ? [{ header: "processes", text: ({ point }: Row) => String(point.config.processes ?? 1), right: true }]
      : []),
    ...(hasNeighbours ? [{ header: "beside", text: ({ point }: Row) => formatNeighbours(point.neighbours) }] : []),
    ...(hasLoads ? [{ header: "load", text: ({ point }: Row) => formatLoad(point.load) }] : []),
    { header: "round", text: (row) => `${row.point.round}${row.baseline ? " baseline" : ""}` },
    number("n", ({ samples }) => String(samples)),
    estimate("p50", ({ latency }) => latency.p50),
    estimate("p90", ({ latency }) => latency.p90),
    estimate("p99", ({ latency }) => latency.p99),
    number("throughput", (results) => formatQuantity(results.throughputPerSecond, "per_s")),
    ...(hasErrors ? [number("errors", ({ errorFraction }) => formatQuantity(errorFraction, "fraction"))] : []),
    ...(hasPower ? [number("power", ({ powerMeanWatts }) => formatPower(powerMeanWatts))] : []),
    ...deviceColumns(measurements),
    {
      header: "flags",
      text: (row) =>
        row.outcome.kind === "measured" ? row.flags.join(", ") : `${row.outcome.kind}: ${row.outcome.reason}`,
    },
  ];
}

/** The power mode is the row's own. */
function formatNeighbours(neighbours: readonly Config[]): string {
  const texts = neighbours.map(({ workload, partition, batch, processes = 1 }) => {
    const batches = processes === 1 ? String(batch) : `${batch}x${processes}`;
    return `${workload} ${formatPartition(partition)} ${batches}`;
  });
  return texts.join(" + ");
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

/** What the device reported of itself, where it did. */
function deviceColumns(measurements: Profile["measurements"]): readonly Column<Row>[] {
  const devices = measurements.flatMap(({ outcome }) =>
    outcome.kind === "measured" && outcome.results.device !== undefined ? [outcome.results.device] : [],
  );
  const told = (pick: (device: DeviceReadings) => unknown) => devices.some((device) => pick(device) !== null);
  const mean = (header: string, unit: string, pick: (device: DeviceReadings) => { readonly mean: number } | null) =>
    told(pick)
      ? [
          number(header, ({ device }) => {
            const reading = device === undefined ? null : pick(device);
            return reading === null ? "–" : formatQuantity(reading.mean, unit);
          }),
        ]
      : [];
  return [
    ...(told(({ idleWatts }) => idleWatts)
      ? [number("net power", (results) => formatPower(netPower(results)?.watts ?? null))]
      : []),
    ...mean("clock", "hz", ({ gpuHertz }) => gpuHertz),
    ...mean("temperature", "c", ({ temperatureCelsius }) => temperatureCelsius),
    ...mean("busy", "fraction", ({ busyFraction }) => busyFraction),
  ];
}

function formatPower(watts: number | null): string {
  return watts === null ? "–" : formatQuantity(watts, "w");
}
