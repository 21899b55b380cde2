import { InputError } from "@partitune/schema";

/** Columns of a table of operations by their meaning: the index of each, −1 where the table has none. */
export interface NsysCsvColumns {
  readonly width: number;
  readonly start: number;
  readonly duration: number;
  readonly launch: number;
  readonly name: number;
  readonly device: number;
  readonly stream: number;
  readonly context: number;
  readonly process: number;
  readonly correlation: number;
  /** x, y and z in one column, or in three. */
  readonly grid: readonly number[];
  readonly block: readonly number[];
  /** Powers of ten that turn the three times into µs. */
  readonly exponents: { readonly start: number; readonly duration: number; readonly launch: number };
  /** Whether the table holds kernels alone. */
  readonly kernelsOnly: boolean;
}

/** What the first line of a table says of it. */
export type NsysCsvHeader =
  | { readonly table: "operations"; readonly columns: NsysCsvColumns }
  /** Sums by kernel, or calls of the host: tables of nsys from which no chain can be read. */
  | { readonly table: "sums" | "calls" };

/** Units in parentheses, by the power of ten that turns them into µs. */
const units: Readonly<Record<string, number>> = {
  ns: -3,
  nsec: -3,
  nanoseconds: -3,
  us: 0,
  µs: 0,
  usec: 0,
  microseconds: 0,
  ms: 3,
  msec: 3,
  milliseconds: 3,
  s: 6,
  sec: 6,
  seconds: 6,
};

/**
 * The header of a report of `nsys stats`, of any release: units stand in parentheses and decide.
 *
 * @returns undefined when the line is no such header
 * @throws InputError when a time has no unit or one that is not known
 */
export function nsysCsvHeader(fields: readonly string[], file: string, line: number): NsysCsvHeader | undefined {
  const titles = fields.map((field) => /^\s*(?<title>.*?)\s*(?:\((?<unit>[^()]*)\))?\s*$/su.exec(field)!.groups!);
  const at = (title: string): number => titles.findIndex((each) => each.title!.toLowerCase() === title);
  const [starts, durations] = [at("start"), at("duration")];
  if (at("name") >= 0 && at("total time") >= 0 && at("instances") >= 0) return { table: "sums" };
  const launched = at("kernel start") >= 0 && at("kernel name") >= 0;
  if (!launched && (starts < 0 || durations < 0 || at("name") < 0)) return undefined;
  if (!launched && at("device") < 0 && at("strm") < 0) return { table: "calls" };
  const required = launched ? [at("kernel start"), at("kernel dur"), at("api start")] : [starts, durations, -1];
  if (launched && required.includes(-1)) return undefined;
  const [start, duration, launch] = required as [number, number, number];
  const exponentOf = (column: number): number => {
    if (column < 0) return 0;
    const unit = titles[column]!.unit?.trim().toLowerCase();
    const exponent = unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (exponent !== undefined) return exponent;
    throw new InputError({
      what: `column "${fields[column]!.trim()}"`,
      problem: unit === undefined ? "has no unit" : `has the unit "${unit}", which is not known`,
      advice: "write one of ns, us, ms, s in parentheses behind the name",
      where: { file, line },
    });
  };
  return {
    table: "operations",
    columns: {
      width: fields.length,
      start,
      duration,
      launch,
      name: launched ? at("kernel name") : at("name"),
      device: launched ? at("devid") : at("device"),
      stream: at("strm"),
      context: at("ctx"),
      process: at("pid"),
      correlation: at("corrid"),
      grid: dimensionsAt(at, "gridxyz", "grd"),
      block: dimensionsAt(at, "blockxyz", "blk"),
      exponents: { start: exponentOf(start), duration: exponentOf(duration), launch: exponentOf(launch) },
      kernelsOnly: launched,
    },
  };
}

function dimensionsAt(at: (title: string) => number, together: string, apart: string): readonly number[] {
  const one = at(together);
  const three = ["x", "y", "z"].map((axis) => at(apart + axis));
  return one >= 0 ? [one] : three.includes(-1) ? [] : three;
}
