import { basename } from "node:path";
import { type Demand, type Demands, describeFound, InputError, type Made, type Warning } from "@partitune/schema";
import { checkGivenOnce, type MappedColumn, missingMeaning, parseColumn, units } from "./columnMeanings.ts";
import { type MappedRow, mappedRows } from "./mappedRows.ts";
import { readWideTable } from "./readWideTable.ts";

/** What a column of a table of demands can mean. */
const demandMeanings = {
  service: null,
  workload: null,
  rate: units.rate,
  deadline: units.time,
  percentile: units.part,
} as const;

type DemandMeaning = keyof typeof demandMeanings;

/** Demands that were read, and what is doubtful about them. */
export interface ImportedDemands {
  readonly demands: Demands;
  readonly warnings: readonly Warning[];
}

/** How a table of demands is to be read. */
export interface ImportDemandsOptions {
  /** What the columns mean, as in `slo_ms=deadline:ms`. */
  readonly columns: readonly string[];
  /** Only rows with these values, `COLUMN=VALUE` each. */
  readonly where?: readonly string[];
  /** Part of the requests that must meet the deadline, where no column tells; 0.99 when absent. */
  readonly percentile?: number;
  readonly made: Made;
}

/**
 * Demands from a CSV table with a row per service: workload, rate and deadline, and where it has them the service's name and the percentile. A rate of 0
 * asks for nothing and is left out.
 *
 * @throws InputError naming file, line and column: a column that is missing or has no unit, a number that is none, a service that stands there twice
 * @example importDemands("slo.csv", { columns: ["model=workload", "slo_ms=deadline:ms", "rate_rps=rate:/s"], where: ["scenario=S3"], made })
 */
export function importDemands(file: string, options: ImportDemandsOptions): ImportedDemands {
  const columns = options.columns.map((text) => parseColumn(text, demandMeanings));
  checkMeanings(columns);
  const { rows, unmapped } = mappedRows(file, columns, options.where);
  const left = unmapped.map((name) => `"${name}"`).join(", ");
  return imported(
    rows.map((row) => entryOf(row, options.percentile ?? usualPercentile)),
    options.made,
    unmapped.length === 0
      ? []
      : [
          {
            code: "unmapped-columns",
            where: basename(file),
            cause: `columns ${left} were given no meaning and are left out`,
            advice: "map them with --map, or choose rows by them with --where, where they tell services apart",
          },
        ],
  );
}

/** A table with a column per workload and a row per scenario, and the unit of its numbers. */
export interface WideTable {
  readonly file: string;
  readonly unit: string;
}

/** How a pair of wide tables is to be read. */
export interface ImportWideDemandsOptions {
  readonly deadlines: WideTable;
  readonly rates: WideTable;
  /** Row to take, from 1, the header not counted. */
  readonly row: number;
  /** Workloads in the order of the columns, where the files have no header. */
  readonly workloads?: readonly string[];
  readonly percentile?: number;
  readonly made: Made;
}

/**
 * Demands from two CSV tables of the same shape, one of deadlines and one of rates, with a column per workload and a row per scenario. Cells that are
 * empty or "N/A" in both ask for nothing.
 *
 * @throws InputError naming file, line and column: a unit that is none, tables of different shapes, a cell that only one of the tables has
 */
export function importWideDemands(options: ImportWideDemandsOptions): ImportedDemands {
  const { row, workloads, percentile = usualPercentile } = options;
  const deadlines = readWideTable(options.deadlines, { row, workloads, units: units.time, what: "deadline" });
  const rates = readWideTable(options.rates, { row, workloads, units: units.rate, what: "rate" });
  const names = [...new Set([...deadlines.cells.keys(), ...rates.cells.keys()])];
  const entries = names.map((workload): Entry => {
    const deadlineSeconds = deadlines.cells.get(workload) ?? null;
    const ratePerSecond = rates.cells.get(workload) ?? null;
    const [without, other] = deadlineSeconds === null ? [deadlines, "rate"] : [rates, "deadline"];
    if ((deadlineSeconds === null) !== (ratePerSecond === null))
      throw new InputError({
        what: `workload ${describeFound(workload)}`,
        problem: `has no number here, but a ${other} in the other table`,
        advice: "fill it in, or empty both",
        where: { file: without.file, line: without.line },
      });
    const demand = { workload, ratePerSecond: ratePerSecond ?? 0, deadlineSeconds: deadlineSeconds ?? 0, percentile };
    return { demand, file: rates.file, line: rates.line };
  });
  return imported(entries, options.made, []);
}

const usualPercentile = 0.99;

/** A demand and where it stands. */
interface Entry {
  readonly demand: Demand;
  readonly file: string;
  readonly line: number;
}

function checkMeanings(columns: readonly MappedColumn<DemandMeaning>[]): void {
  checkGivenOnce(columns, ["workload", "service"]);
  const examples = { workload: "COLUMN=workload", rate: "COLUMN=rate:/s", deadline: "COLUMN=deadline:ms" };
  for (const [meaning, example] of Object.entries(examples))
    if (columns.every((column) => column.meaning !== meaning)) throw missingMeaning(meaning, example);
}

function entryOf(row: MappedRow<DemandMeaning>, usual: number): Entry {
  const service = row.texts("service").join("-");
  const percentile = row.number("percentile", "positive") ?? usual;
  if (percentile >= 1)
    throw row.wrong(
      "the row",
      `has a percentile of ${percentile} of all requests, expected a part of them`,
      "write below 1 as a fraction or below 100 as percent, and say which in --map",
    );
  const demand: Demand = {
    workload: row.texts("workload").join("-"),
    ...(service === "" ? {} : { service }),
    ratePerSecond: row.number("rate", "non-negative")!,
    deadlineSeconds: row.number("deadline", "positive")!,
    percentile,
  };
  return { demand, file: row.file, line: row.line };
}

function imported(entries: readonly Entry[], made: Made, warnings: readonly Warning[]): ImportedDemands {
  refuseTwice(entries);
  const asked = entries.filter(({ demand }) => demand.ratePerSecond > 0).map(({ demand }) => demand);
  const idle = entries.filter(({ demand }) => demand.ratePerSecond === 0).map(({ demand }) => nameOf(demand));
  if (asked.length === 0)
    throw new InputError({
      what: "the table",
      problem: "asks for nothing: all its rates are 0 or absent",
      advice: "give at least one service a rate above 0",
      where: { file: entries[0]!.file },
    });
  return {
    demands: { kind: "demands", version: 1, made, demands: asked },
    warnings: [...warnings, ...(idle.length === 0 ? [] : [warnOfIdle(idle)])],
  };
}

function warnOfIdle(names: readonly string[]): Warning {
  return {
    code: "no-rate",
    where: names.map((name) => `"${name}"`).join(", "),
    cause: "is asked for at a rate of 0, or has no numbers, and is left out",
    advice: "nothing to do, if nobody sends it requests",
  };
}

/** The name that a plan will know it by. */
function nameOf({ service, workload }: Demand): string {
  return service ?? workload;
}

function refuseTwice(entries: readonly Entry[]): void {
  const seen = new Map<string, number>();
  for (const { demand, file, line } of entries) {
    const name = nameOf(demand);
    const first = seen.get(name);
    if (first !== undefined)
      throw new InputError({
        what: `service ${describeFound(name)}`,
        problem: `stands in line ${first} already`,
        advice: "map a column that tells services apart with --map COLUMN=service, or choose rows with --where",
        where: { file, line },
      });
    seen.set(name, line);
  }
}
