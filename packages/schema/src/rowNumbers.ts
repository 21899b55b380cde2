import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import {
  isNumberColumn,
  measurementColumnNames,
  measurementColumns,
  type NumberColumnName,
  quantities,
} from "./measurementColumns.ts";
import type { TableHeader } from "./tableHeader.ts";

const names = measurementColumnNames.filter(isNumberColumn);

/** Where each number of a row stands in what {@link rowNumbers} returns. */
export const numberSlot = Object.fromEntries(names.map((name, i) => [name, i])) as Readonly<
  Record<NumberColumnName, number>
>;

/** The numbers that say what was measured. */
const describing: readonly NumberColumnName[] = ["batch_count", "processes_count", "round_index", "position_index"];

/** Slots of the numbers that every row describes itself with, and of those that a measured one needs besides. */
const alwaysNeeded = Uint8Array.from(
  describing.filter((name) => !measurementColumns[name].empty),
  (name) => numberSlot[name],
);
const neededWhenMeasured = Uint8Array.from(
  names.filter((name) => !measurementColumns[name].empty && !describing.includes(name)),
  (name) => numberSlot[name],
);

/** Columns that are filled only where something was measured. */
const resultNames = [
  ...names.filter((name) => !describing.includes(name)),
  "stopped_by",
  "power_source",
  "clock_reasons",
  "nulls",
] as const;

/** What stands for a column that a foreign table lacks. The other numbers are unknown then: empty, or derived. */
const assumed: Readonly<Partial<Record<NumberColumnName, number>>> = {
  round_index: 0,
  position_index: 0,
  samples_count: 1,
  autocorrelation_ratio: 0,
  warmup_samples_count: 0,
  window_s: 0,
  outliers_mild_count: 0,
  outliers_severe_count: 0,
  error_fraction: 0,
};

/**
 * Prepares the reading of a table's numbers.
 *
 * @returns a function from the fields of a row to its numbers at their {@link numberSlot}s, NaN where a cell is empty. The
 *   array is used again for the next row. It throws InputError when a cell is no number or out of its column's range.
 */
export function rowNumbers(header: TableHeader): (fields: readonly string[]) => Float64Array {
  const values = Float64Array.from(names, (name) => assumed[name] ?? Number.NaN);
  const present = names.filter((name) => header.place[name] !== undefined);
  const slots = Uint8Array.from(present, (name) => numberSlot[name]);
  const places = Uint8Array.from(present, (name) => header.place[name]!);
  const limits = present.map((name) => quantities[measurementColumns[name].quantity]);
  const least = Float64Array.from(limits, (limit) => limit.least);
  const most = Float64Array.from(limits, (limit) => limit.most);
  const whole = Uint8Array.from(limits, (limit) => Number(limit.whole));
  return (fields) => {
    for (let i = 0; i < slots.length; i++) {
      const text = fields[places[i]!]!;
      if (text === "") {
        values[slots[i]!] = Number.NaN;
        continue;
      }
      const value = Number(text);
      const good = value >= least[i]! && value <= most[i]! && (whole[i] === 0 || Number.isInteger(value));
      if (!good || !isDecimal(text)) throw badNumber(present[i]!, text);
      values[slots[i]!] = value;
    }
    return values;
  };
}

/** Whether a text that converts to a number is a plain decimal: `Number` also takes "0x10" and spaces around a number. */
function isDecimal(text: string): boolean {
  const second = text.charCodeAt(1); // NaN when there is none
  return (
    isEdge(text.charCodeAt(0)) && isEdge(text.charCodeAt(text.length - 1)) && (!(second > 57) || (second | 32) === 101)
  );
}

/** A digit, a sign or a point. */
function isEdge(code: number): boolean {
  return code >= 43 && code <= 57;
}

function badNumber(name: NumberColumnName, text: string): InputError {
  const column = measurementColumns[name];
  return new InputError({
    what: `column "${name}"`,
    problem: `is ${describeFound(text)}, expected ${quantities[column.quantity].words}`,
    advice: column.empty ? "correct it, or leave it empty when it is not known" : "correct it",
  });
}

/**
 * Fills in what follows from other numbers of a measured row, where a foreign table lacks the column: one sample counts as one
 * independent sample, the median stands for the mean, and with one batch of each process in flight throughput is batch over latency, times processes.
 *
 * @throws InputError when the median is empty where all follows from it
 */
export function fillDerived(header: TableHeader, values: Float64Array): void {
  const { place } = header;
  if (place.samples_effective_count === undefined) {
    values[numberSlot.samples_effective_count] = values[numberSlot.samples_count]!;
  }
  if (place.latency_mean_s === undefined) {
    if (Number.isNaN(values[numberSlot.latency_p50_s])) throw emptyCell(numberSlot.latency_p50_s);
    values[numberSlot.latency_mean_s] = values[numberSlot.latency_p50_s]!;
  }
  if (place.throughput_per_s === undefined) {
    const inFlight = values[numberSlot.batch_count]! * processesIn(values);
    const throughput = inFlight / values[numberSlot.latency_mean_s]!;
    values[numberSlot.throughput_per_s] = Number.isFinite(throughput) ? throughput : Number.NaN;
  }
}

/** Processes of a row: one where the cell is empty. */
export function processesIn(values: Float64Array): number {
  const processes = values[numberSlot.processes_count]!;
  return Number.isNaN(processes) ? 1 : processes;
}

/**
 * Checks that the cells a row needs are filled.
 *
 * @param measured  whether the row has results
 * @throws InputError naming the first empty column
 */
export function checkFilled(values: Float64Array, measured: boolean): void {
  for (const slot of alwaysNeeded) if (Number.isNaN(values[slot])) throw emptyCell(slot);
  if (!measured) return;
  for (const slot of neededWhenMeasured) if (Number.isNaN(values[slot])) throw emptyCell(slot);
}

/**
 * Checks that a row without results has no numbers that would be lost.
 *
 * @throws InputError naming the first such column
 */
export function checkNoResults(header: TableHeader, fields: readonly string[], outcome: string): void {
  const filled = resultNames.find((name) => (fields[header.place[name] ?? -1] ?? "") !== "");
  if (filled === undefined) return;
  throw new InputError({
    what: `column "${filled}"`,
    problem: `is filled, but the outcome is "${outcome}"`,
    advice: 'empty it, or change the outcome to "measured"',
  });
}

function emptyCell(slot: number): InputError {
  const name = names[slot]!;
  return new InputError({
    what: `column "${name}"`,
    problem: `is empty, expected ${quantities[measurementColumns[name].quantity].words}`,
    advice: "fill it in, or remove the row",
  });
}
