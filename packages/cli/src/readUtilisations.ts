import { describeFound, fileChunks, InputError, type Utilisations, visitCsv } from "@partitune/schema";

/** A line of the table. */
interface Row {
  readonly workload: string;
  readonly batch: number;
  readonly values: Readonly<Record<string, number>>;
}

const suffix = "_fraction";

/**
 * A CSV table of utilisations on the whole card, such as counters of a profiler give: `workload`, optionally `batch_count`, and columns that end
 * in `_fraction`, such as `l2_fraction`. Without batches one row serves for all.
 *
 * @throws InputError naming file, line and column
 */
export function readUtilisations(path: string): Utilisations {
  const rows: (Row & { readonly line: number })[] = [];
  let header: readonly string[] | undefined;
  visitCsv(path, fileChunks(path), (fields, line) => {
    if (header === undefined)
      header = checkHeader(
        path,
        fields.map((field) => field.trim()),
      );
    else rows.push({ ...readRow(path, line, header, fields), line });
  });
  if (rows.length === 0)
    throw wrong(path, undefined, "the table", "has no rows", "give a header and a row per workload");
  for (const [i, { workload, batch, line }] of rows.entries())
    if (rows.slice(0, i).some((other) => other.workload === workload && other.batch === batch))
      throw wrong(path, line, `workload "${workload}"`, "has a row for this batch already", "keep one of the two");
  const groups = Map.groupBy(rows, ({ workload }) => workload);
  return Object.fromEntries(
    [...groups].map(([workload, own]) => [
      workload,
      own.toSorted((a, b) => a.batch - b.batch).map(({ batch, values }) => ({ batch, values })),
    ]),
  );
}

function checkHeader(path: string, names: readonly string[]): readonly string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrong(path, 1, `column "${twice}"`, "is there twice", "keep one of the two");
  if (!names.includes("workload")) throw wrong(path, 1, "the header", 'lacks the column "workload"', "add it");
  const others = names.filter((name) => name !== "workload" && name !== "batch_count");
  const bare = others.find((name) => !name.endsWith(suffix) || name === suffix);
  if (bare !== undefined)
    throw wrong(path, 1, `column "${bare}"`, "has no unit", `name it "${bare}${suffix}" and give parts of 1`);
  if (others.length === 0)
    throw wrong(path, 1, "the header", "names no utilisation", `add columns such as "l2${suffix}" and "dram${suffix}"`);
  return names;
}

function readRow(path: string, line: number, header: readonly string[], fields: readonly string[]): Row {
  if (fields.length !== header.length)
    throw wrong(path, line, "the row", `has ${fields.length} fields, expected ${header.length}`, "fill every column");
  const text = (name: string) => fields[header.indexOf(name)]!.trim();
  const workload = text("workload");
  if (workload === "")
    throw wrong(path, line, 'column "workload"', "is empty", "name the workload as the profile does");
  const batch = header.includes("batch_count") ? Number(text("batch_count")) : 1;
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw wrong(
      path,
      line,
      'column "batch_count"',
      `holds ${describeFound(text("batch_count"))}`,
      "give a whole number from 1 on",
    );
  const values = header
    .filter((name) => name.endsWith(suffix))
    .map((name) => [name.slice(0, -suffix.length), toFraction(path, line, name, text(name))] as const);
  return { workload, batch, values: Object.fromEntries(values) };
}

function toFraction(path: string, line: number, column: string, text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw wrong(
    path,
    line,
    `column "${column}"`,
    `holds ${describeFound(text)}`,
    "give a part of 1, such as 0.35 for 35 %",
  );
}

function wrong(file: string, line: number | undefined, what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice, where: { file, ...(line === undefined ? {} : { line }) } });
}
