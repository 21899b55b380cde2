import { InputError, nearest } from "@partitune/schema";

/** Units a quantity can have in a table, and the factor to ours; null for texts and counts. */
export type UnitFactors = Readonly<Record<string, number>> | null;

/** What columns of a kind of table can mean. */
export type Meanings = Readonly<Record<string, UnitFactors>>;

/** Units by quantity. */
export const units = {
  time: { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600 },
  power: { W: 1, mW: 1e-3, kW: 1e3 },
  energy: { J: 1, mJ: 1e-3, kJ: 1e3, Wh: 3600 },
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
  rate: { "/s": 1, "/ms": 1e3, "/min": 1 / 60, "/h": 1 / 3600 },
  memory: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  part: { fraction: 1, percent: 0.01 },
} as const satisfies Record<string, UnitFactors>;

/** A column of a table, what it means, and the factor from its unit to ours. */
export interface MappedColumn<M extends string = string> {
  readonly column: string;
  readonly meaning: M;
  readonly factor: number;
}

/** A number in our unit: a factor of ten moves the decimal point, so that 99.9 percent are exactly 0.999. */
export function toUnit(value: number, factor: number): number {
  const places = Math.log10(factor);
  const digits = String(value);
  return Number.isInteger(places) && !digits.includes("e") ? Number(`${digits}e${places}`) : value * factor;
}

/**
 * Reads what a user says a column means.
 *
 * @param meanings  what columns of this kind of table can mean
 * @throws InputError when the meaning is not known, or a unit is missing or not one of its quantity
 * @example parseColumn("gpu_freq=gpuHertz:MHz", tableMeanings)  // { column: "gpu_freq", meaning: "gpuHertz", factor: 1e6 }
 */
export function parseColumn<M extends string>(
  text: string,
  meanings: Readonly<Record<M, UnitFactors>>,
): MappedColumn<M> {
  const split = text.lastIndexOf("=");
  const [meaning = "", unit] = text.slice(split + 1).split(":");
  if (split < 1 || !isMeaning(meaning, meanings)) throw unknownMeaning(text, meaning, meanings);
  const known: UnitFactors = meanings[meaning];
  const column = text.slice(0, split);
  if (known === null && unit === undefined) return { column, meaning, factor: 1 };
  if (known !== null && unit !== undefined && Object.hasOwn(known, unit)) {
    return { column, meaning, factor: known[unit]! };
  }
  throw wrongUnit({ text, column, meaning, unit }, known);
}

/**
 * Checks that no two columns have one meaning.
 *
 * @param several  the meanings whose texts are joined
 * @throws InputError naming the meaning
 */
export function checkGivenOnce(columns: readonly MappedColumn[], several: readonly string[]): void {
  const found = columns.map(({ meaning }) => meaning);
  const twice = found.find((meaning, i) => !several.includes(meaning) && found.indexOf(meaning) !== i);
  if (twice === undefined) return;
  const joined = several.map((meaning) => `"${meaning}"`).join(" and ");
  throw new InputError({
    what: `meaning "${twice}"`,
    problem: "is given to two columns",
    advice: `give it to one; only ${joined} may be made from several`,
  });
}

/** That a meaning is given to no column. */
export function missingMeaning(meaning: string, example: string): InputError {
  return new InputError({
    what: `meaning "${meaning}"`,
    problem: "is given to no column",
    advice: `add --map ${example}, with the unit of the table`,
  });
}

function isMeaning<M extends string>(text: string, meanings: Readonly<Record<M, UnitFactors>>): text is M {
  return Object.hasOwn(meanings, text);
}

function unknownMeaning(text: string, meaning: string, meanings: Meanings): InputError {
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

interface WrittenColumn {
  readonly text: string;
  readonly column: string;
  readonly meaning: string;
  readonly unit: string | undefined;
}

function wrongUnit({ text, column, meaning, unit }: WrittenColumn, factors: UnitFactors): InputError {
  const known = Object.keys(factors ?? {});
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
