import { InputError, nearest } from "@partitune/schema";

const units = {
  time: { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600 },
  power: { W: 1, mW: 1e-3, kW: 1e3 },
  energy: { J: 1, mJ: 1e-3, kJ: 1e3, Wh: 3600 },
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** What a column of a table can mean, and which units its numbers can have; null for texts and counts. */
const meanings = {
  workload: null,
  batch: null,
  powerCapWatts: units.power,
  cores: null,
  cpuHertz: units.frequency,
  gpuHertz: units.frequency,
  memoryHertz: units.frequency,
  time: units.time,
  power: units.power,
  energy: units.energy,
} as const satisfies Record<string, Readonly<Record<string, number>> | null>;

export type ColumnMeaning = keyof typeof meanings;

/** A column of a table, what it means, and the factor from its unit to ours. */
export interface MappedColumn {
  readonly column: string;
  readonly meaning: ColumnMeaning;
  readonly factor: number;
}

/**
 * Reads what a user says a column means.
 *
 * @throws InputError when the meaning is not known, or a unit is missing or not one of its quantity
 * @example parseColumn("gpu_freq=gpuHertz:MHz")  // { column: "gpu_freq", meaning: "gpuHertz", factor: 1e6 }
 */
export function parseColumn(text: string): MappedColumn {
  const split = text.lastIndexOf("=");
  const [meaning = "", unit] = text.slice(split + 1).split(":");
  if (split < 1 || !isMeaning(meaning)) throw unknownMeaning(text, meaning);
  const known: Readonly<Record<string, number>> | null = meanings[meaning];
  const column = text.slice(0, split);
  if (known === null && unit === undefined) return { column, meaning, factor: 1 };
  if (known !== null && unit !== undefined && Object.hasOwn(known, unit)) {
    return { column, meaning, factor: known[unit]! };
  }
  throw wrongUnit(text, column, meaning, unit);
}

function isMeaning(text: string): text is ColumnMeaning {
  return Object.hasOwn(meanings, text);
}

function unknownMeaning(text: string, meaning: string): InputError {
  const names = Object.keys(meanings);
  const near = text.includes("=") ? nearest(meaning, names) : undefined;
  return new InputError({
    what: `option --map "${text}"`,
    problem: "does not say what a column means",
    advice:
      near === undefined
        ? `write COLUMN=MEANING or COLUMN=MEANING:UNIT with one of ${names.join(", ")}`
        : `did you mean "${near}"?`,
  });
}

function wrongUnit(text: string, column: string, meaning: ColumnMeaning, unit: string | undefined): InputError {
  const known = Object.keys(meanings[meaning] ?? {});
  const example = `${column}=${meaning}${known.length === 0 ? "" : `:${known[0]}`}`;
  return new InputError({
    what: `option --map "${text}"`,
    problem: unit === undefined ? "states no unit" : `states the unit "${unit}"`,
    advice:
      known.length === 0
        ? `"${meaning}" has none: write ${example}`
        : `write one of ${known.join(", ")}, as in ${example}`,
  });
}
