import type { Bytes, PerSecond, Seconds, Watts } from "@partitune/schema";
import type { PowerSettings } from "../executor.ts";
import { type MappedColumn, units } from "./columnMeanings.ts";
import type { MappedRow } from "./mappedRows.ts";

/** What a column of a table of measurements can mean. */
export const tableMeanings = {
  workload: null,
  batch: null,
  processes: null,
  partition: null,
  computeSlices: null,
  share: units.part,
  powerCapWatts: units.power,
  cores: null,
  cpuHertz: units.frequency,
  gpuHertz: units.frequency,
  memoryHertz: units.frequency,
  time: units.time,
  mean: units.time,
  p90: units.time,
  p95: units.time,
  p99: units.time,
  throughput: units.rate,
  throughputPerProcess: units.rate,
  memory: units.memory,
  power: units.power,
  energy: units.energy,
  samples: null,
} as const;

export type TableMeaning = keyof typeof tableMeanings;
export type TableColumn = MappedColumn<TableMeaning>;

/** What ran, in our units. */
export interface TableResults {
  /** Of one batch of one process. */
  readonly timeSeconds: Seconds;
  readonly meanSeconds: Seconds;
  readonly percentiles: Readonly<Partial<Record<"p90" | "p95" | "p99", Seconds>>>;
  /** Of all processes together. */
  readonly throughputPerSecond: PerSecond;
  readonly powerWatts: Watts | undefined;
  readonly memoryBytes: Bytes | undefined;
  readonly samples: number;
  /** True when the time follows from the throughput, which has more digits. */
  readonly fromThroughput: boolean;
}

/** A row of a foreign table. */
export interface TableRow {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Empty when no column names it. */
  readonly workload: string;
  readonly batch: number;
  readonly processes: number;
  readonly settings: PowerSettings;
  /** Null when its zeros say that it did not run. */
  readonly results: TableResults | null;
}

/** Throughput may differ from batch over time by so much, by pauses or overlap; beyond it the columns say different things. */
const mostDifference = 1.5;
/** Of half a printed step: binary numbers round as well. */
const slack = 1.1;

/**
 * Understands a row. Several columns may mean the workload; their texts are joined with "-". Where both a time and a throughput are given, they are
 * held against each other, and the one with more digits decides. Zeros in both mean that it did not run.
 *
 * @param run  what one time is of: a batch, or a whole epoch, whatever its batch size
 * @throws InputError naming file, line and column
 */
export function tableRow(row: MappedRow<TableMeaning>, run: "batch" | "epoch"): TableRow {
  const batch = row.number("batch", "count") ?? 1;
  const processes = row.number("processes", "count") ?? 1;
  return {
    file: row.file,
    line: row.line,
    workload: row.texts("workload").join("-"),
    batch,
    processes,
    settings: settingsOf(row),
    results: resultsOf(row, processes * (run === "epoch" ? 1 : batch)),
  };
}

/** Clocks are whole hertz, so that the same clock is the same number whatever unit it came in. */
function settingsOf(row: MappedRow<TableMeaning>): PowerSettings {
  const clock = (meaning: "cpuHertz" | "gpuHertz" | "memoryHertz") => {
    const hertz = row.number(meaning, "positive");
    return [meaning, hertz && Math.round(hertz)] as const;
  };
  const found = [
    ["powerCapWatts", row.number("powerCapWatts", "positive")] as const,
    ["cores", row.number("cores", "count")] as const,
    clock("cpuHertz"),
    clock("gpuHertz"),
    clock("memoryHertz"),
  ];
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** @param inFlight  items that are worked on at once, in all processes */
function resultsOf(row: MappedRow<TableMeaning>, inFlight: number): TableResults | null {
  const throughput = throughputOf(row);
  const printed = row.number("time", throughput === undefined ? "positive" : "non-negative");
  const numbers = [printed, throughput].filter((value) => value !== undefined);
  if (numbers.every((value) => value === 0)) return null;
  if (numbers.includes(0))
    throw row.wrong(
      "the row",
      `has a ${printed === 0 ? "time" : "throughput"} of 0, but not a ${printed === 0 ? "throughput" : "time"} of 0`,
      "write 0 in both for what did not run, or correct it",
    );
  const derived = throughput === undefined ? undefined : inFlight / throughput;
  if (printed !== undefined && derived !== undefined) checkAgreement(row, { printed, derived });
  const isFiner =
    derived !== undefined && (printed === undefined || Math.abs(printed - derived) <= slack * row.rounding("time"));
  const timeSeconds = isFiner ? derived : printed!;
  const energy = row.number("energy", "positive");
  return {
    timeSeconds,
    meanSeconds: row.number("mean", "positive") ?? timeSeconds,
    percentiles: percentilesOf(row, printed ?? timeSeconds),
    throughputPerSecond: throughput ?? inFlight / timeSeconds,
    powerWatts: row.number("power", "positive") ?? (energy === undefined ? undefined : energy / timeSeconds),
    memoryBytes: row.number("memory", "positive"),
    samples: row.number("samples", "count") ?? 1,
    fromThroughput: isFiner,
  };
}

function throughputOf(row: MappedRow<TableMeaning>): PerSecond | undefined {
  const ofOne = row.number("throughputPerProcess", "non-negative");
  if (ofOne !== undefined) return ofOne * (row.number("processes", "count") ?? 1);
  return row.number("throughput", "non-negative");
}

function checkAgreement(
  row: MappedRow<TableMeaning>,
  { printed, derived }: { readonly printed: Seconds; readonly derived: Seconds },
): void {
  const ratio = printed / derived;
  const isRounding = Math.abs(printed - derived) <= slack * row.rounding("time");
  if (isRounding || (ratio <= mostDifference && ratio >= 1 / mostDifference)) return;
  const processes = row.number("processes", "count") ?? 1;
  const perProcess = processes > 1 && row.number("throughput", "non-negative") !== undefined;
  throw row.wrong(
    "the row",
    `says ${printed} s for what its throughput, batch and processes make ${Number(derived.toPrecision(4))} s`,
    perProcess
      ? "if the throughput is that of one process, map it as throughputPerProcess; else check the units of both columns"
      : "check the units of both columns, and whether the throughput is that of one process",
  );
}

function percentilesOf(row: MappedRow<TableMeaning>, median: Seconds): TableResults["percentiles"] {
  const found = (["p90", "p95", "p99"] as const).flatMap((name) => {
    const value = row.number(name, "positive");
    return value === undefined ? [] : [[name, value] as const];
  });
  let [below, least] = ["median", median];
  for (const [name, value] of found) {
    if (value < least - 2 * row.rounding("time"))
      throw row.wrong(
        "the row",
        `has a ${name} of ${value} s below its ${below} of ${least} s`,
        "correct one of the two",
      );
    [below, least] = [name, value];
  }
  return Object.fromEntries(found);
}
