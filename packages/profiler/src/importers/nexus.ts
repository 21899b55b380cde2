import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  describeFound,
  fileProblem,
  InputError,
  type Made,
  type Profile,
  type Seconds,
  type Warning,
} from "@partitune/schema";
import { importedDevice } from "./importedDevice.ts";
import { importedProfile, type PlacedRow } from "./importedProfile.ts";

/** Whose files they are. */
export interface ImportNexusOptions {
  /** Name of a device of the shelf, or any other; when absent, the one the files name. */
  readonly device?: string;
  readonly made: Made;
}

/** What one file tells. */
interface NexusFile {
  readonly file: string;
  readonly workload: string;
  readonly device: string;
  readonly rows: readonly NexusRow[];
  /** Mean of pre- and postprocessing together, s; null when not told. */
  readonly aroundSeconds: Seconds | null;
}

interface NexusRow {
  readonly line: number;
  readonly batch: number;
  readonly seconds: Seconds;
  readonly memoryBytes: number;
}

/**
 * A profile from Nexus's batch profiles: text files that name framework, model, version and device in two lines, then list latency, its standard
 * deviation and memory by batch, on a whole card. The mean latency stands for the median; standard deviations, and times before and after the network,
 * have no place in a profile and are warned of.
 *
 * @throws InputError naming file and line: no such file, numbers that are none, files of different devices
 * @see Shen et al., Nexus (2019); the format is the one its profiler writes
 */
export function importNexus(files: readonly string[], { device, made }: ImportNexusOptions): Profile {
  const read = files.map(readNexusFile);
  const imported = importedDevice(device ?? deviceOf(read), [{}], []);
  const rows = read.flatMap(({ file, workload, rows: own }) =>
    own.map((row) => placed(row, { file, workload, partition: imported.device.defaultPartition })),
  );
  const profile = importedProfile({ ...imported, rows, task: "inference", run: "batch", made, unmapped: [] });
  return { ...profile, warnings: [...profile.warnings, ...warningsOf(read)] };
}

function placed(
  { line, batch, seconds, memoryBytes }: NexusRow,
  place: Pick<PlacedRow, "file" | "workload" | "partition">,
): PlacedRow {
  const results = {
    timeSeconds: seconds,
    meanSeconds: seconds,
    percentiles: {},
    throughputPerSecond: batch / seconds,
    powerWatts: undefined,
    memoryBytes,
    samples: 1,
    fromThroughput: false,
  };
  return { ...place, line, batch, processes: 1, settings: {}, results };
}

function warningsOf(files: readonly NexusFile[]): readonly Warning[] {
  const around = files.flatMap(({ workload, aroundSeconds }) =>
    aroundSeconds === null ? [] : [`${workload} ${(aroundSeconds * 1000).toPrecision(3)} ms`],
  );
  const where = files.map(({ file }) => basename(file)).join(", ");
  return [
    {
      code: "means",
      where,
      cause: "latencies are means; their standard deviations are left out, and no percentile follows from them",
      advice: "plan with a margin, or measure the percentiles",
    },
    ...(around.length === 0
      ? []
      : [
          {
            code: "time-around",
            where,
            cause: `the processor's time before and after the network is left out (${around.join(", ")})`,
            advice: "subtract it from the deadlines",
          },
        ]),
  ];
}

function deviceOf(files: readonly NexusFile[]): string {
  const names = [...new Set(files.map(({ device }) => device))];
  if (names.length === 1) return names[0]!;
  throw new InputError({
    what: files.map(({ file }) => `"${basename(file)}"`).join(", "),
    problem: `are of different devices: ${names.join(", ")}`,
    advice: "import one device at a time",
  });
}

const tableHeader = "batch,latency(us),std(us),memory(B)";

function readNexusFile(file: string): NexusFile {
  const lines = textOf(file).split(/\r?\n/u);
  const [, model] = lines[0]?.split(":") ?? [];
  if (model === undefined || model === "")
    throw wrong(file, 0, "the first line", "is not framework:model:version", "give a profile that Nexus wrote");
  const device = lines[1]?.trim() ?? "";
  if (device === "") throw wrong(file, 1, "the second line", "is empty, expected the device", "name the device");
  const head = sectionAt(lines, "Forward latency");
  if (head === undefined || lines[head + 1]?.trim() !== tableHeader)
    throw wrong(
      file,
      head,
      "the profile",
      `has no "Forward latency" with ${tableHeader}`,
      "check its units and columns",
    );
  const rows = tableFrom(lines, head + 2, file);
  const around = ["Preprocess latency", "Postprocess latency"].map((name) => meanOf(lines, name, file));
  const told = around.filter((value) => value !== null);
  return {
    file,
    workload: model.trim(),
    device: device.replaceAll("_", " "),
    rows,
    aroundSeconds: told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw fileProblem(file, error);
  }
}

/** Index of the line that opens a section. */
function sectionAt(lines: readonly string[], name: string): number | undefined {
  const at = lines.findIndex((line) => line.trim() === name);
  return at === -1 ? undefined : at;
}

function tableFrom(lines: readonly string[], first: number, file: string): readonly NexusRow[] {
  const rows: NexusRow[] = [];
  for (let at = first; at < lines.length && lines[at]!.includes(","); at++) {
    const [batch, latency, , memory] = numbersIn(lines[at]!, 4, file, at);
    if (!Number.isSafeInteger(batch) || batch! < 1)
      throw wrong(file, at, "the batch", `is ${batch}, expected a whole number from 1 on`, "correct it");
    if (latency === 0) throw wrong(file, at, "the latency", "is 0, expected a number above 0", "delete the row");
    const before = rows.find((row) => row.batch === batch);
    if (before !== undefined)
      throw wrong(file, at, `batch ${batch}`, `stands in line ${before.line} already`, "delete one of the rows");
    rows.push({ line: at + 1, batch: batch!, seconds: latency! / 1e6, memoryBytes: memory! });
  }
  if (rows.length > 0) return rows;
  throw wrong(file, first, "the profile", "has no row of a batch", "give a profile that Nexus wrote");
}

/** Mean of a section of one row, s. */
function meanOf(lines: readonly string[], name: string, file: string): Seconds | null {
  const at = sectionAt(lines, name);
  return at === undefined ? null : numbersIn(lines[at + 2] ?? "", 2, file, at + 2)[0]! / 1e6;
}

/** @param at  index of the line */
function numbersIn(line: string, count: number, file: string, at: number): readonly number[] {
  const cells = line.split(",").map((cell) => cell.trim());
  const bad = cells.find((cell) => cell === "" || !(Number(cell) >= 0 && Number.isFinite(Number(cell))));
  if (cells.length === count && bad === undefined) return cells.map(Number);
  const problem = cells.length === count ? `holds ${describeFound(bad!)}` : `has ${cells.length} fields`;
  throw wrong(file, at, "the row", `${problem}, expected ${count} numbers of at least 0`, "correct it, or delete it");
}

/** @param at  index of the line; of the whole file when undefined */
function wrong(file: string, at: number | undefined, what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice, where: at === undefined ? { file } : { file, line: at + 1 } });
}
