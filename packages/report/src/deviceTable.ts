import { formatPartition, type MeasurementResults, netPower, type Profile } from "@partitune/schema";
import { foldedTable } from "./foldedTable.ts";
import { formatPercent, formatQuantity, significant } from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { type MeasuredCell, measuredCells } from "./measuredCells.ts";

type Device = NonNullable<MeasurementResults["device"]>;

/** What the device drew and reported while each configuration ran alone; null when it reported nothing. */
export function deviceTable(profile: Profile): Markup | null {
  const cells = measuredCells(profile).filter(({ rounds }) => rounds.some(({ device }) => device !== undefined));
  if (cells.length === 0) return null;
  const table = foldedTable(
    "The device meanwhile",
    [
      ...["partition", "power mode", "batch", "power", "net", "energy per request", "net of idle"],
      ...["clock", "temperature", "busy", "clocks lowered for"],
    ],
    cells.map(rowOf),
  );
  return html`${table}<p>Means over the rounds. Power, clocks and temperature are the whole device's, whatever the partition; net is what lies beyond the empty device before the campaign.</p>`;
}

function rowOf({ config, rounds }: MeasuredCell): string[] {
  const devices = rounds.flatMap(({ device }) => (device === undefined ? [] : [device]));
  const nets = rounds.map(netPower);
  return [
    formatPartition(config.partition),
    config.powerMode,
    String(config.batch),
    averaged(
      rounds.map(({ powerMeanWatts }) => powerMeanWatts),
      "w",
    ),
    averaged(
      nets.map((net) => net?.watts ?? null),
      "w",
    ),
    averaged(
      rounds.map(({ energyPerRequestJoules }) => energyPerRequestJoules),
      "j",
    ),
    averaged(
      nets.map((net) => net?.perRequestJoules ?? null),
      "j",
    ),
    averaged(
      devices.map(({ gpuHertz }) => gpuHertz?.mean ?? null),
      "hz",
    ),
    averaged(
      devices.map(({ temperatureCelsius }) => temperatureCelsius?.mean ?? null),
      "c",
    ),
    averaged(
      devices.map(({ busyFraction }) => busyFraction?.mean ?? null),
      "fraction",
    ),
    reasonsOf(devices),
  ];
}

/** Mean of what is known; a dash where nothing is. */
function averaged(values: readonly (number | null)[], unit: string): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? "–" : formatQuantity(known.reduce((sum, value) => sum + value, 0) / known.length, unit);
}

function reasonsOf(devices: readonly Device[]): string {
  const told = devices.flatMap(({ clockReasons }) => (clockReasons === null ? [] : [clockReasons]));
  if (told.length === 0) return "–";
  const names = [...new Set(told.flatMap((reasons) => Object.keys(reasons)))].sort();
  const shares = names.map((name) => {
    const share = told.reduce((sum, reasons) => sum + (reasons[name] ?? 0), 0) / told.length;
    return `${name} ${formatPercent(share)}`;
  });
  return shares.length === 0 ? "never" : shares.join(", ");
}

/** Power of the idle device at both ends of the campaign; null when it was not measured. */
export function idleTable({ idle = [] }: Profile): Markup | null {
  if (idle.length === 0) return null;
  return htmlTable(
    "Power of the idle device",
    ["when", "state", "power, and how its parts scatter", "over", "by", "temperature"],
    idle.map(({ moment, state, powerWatts, windowSeconds, powerSource, temperatureCelsius }) => [
      `${moment} the campaign`,
      state,
      `${significant(powerWatts.mean)} ± ${significant(Number(powerWatts.sd.toFixed(2)))} W`,
      `${significant(windowSeconds)} s`,
      powerSource === "counter" ? "energy counter" : "integral of its readings",
      temperatureCelsius === null ? "–" : formatQuantity(temperatureCelsius, "c"),
    ]),
  );
}
