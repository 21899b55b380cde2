import { InputError } from "@partitune/schema";
import { cleanText } from "./cleanText.ts";
import { firstLine, runSmi } from "./runSmi.ts";

/** A row of a query: what each field says. Fields that this release does not have are absent. */
export type SmiRow = ReadonlyMap<string, string>;

/**
 * Asks nvidia-smi for a table as CSV without header and units.
 *
 * @param kind  such as `gpu` for `--query-gpu`
 * @param fields  the last may hold commas: nvidia-smi does not quote
 * @param card  UUID; by default all cards
 * @throws InputError when it refuses, or prints something else than such a table
 */
export async function smiQuery(
  program: string,
  kind: "gpu" | "supported-clocks" | "compute-apps",
  fields: readonly string[],
  card?: string,
): Promise<readonly SmiRow[]> {
  const argv = [
    `--query-${kind}=${fields.join(",")}`,
    "--format=csv,noheader,nounits",
    ...(card === undefined ? [] : ["-i", card]),
  ];
  const { code, text } = await runSmi(program, argv);
  if (code !== 0) throw unreadable(program, `ended with ${code}: ${firstLine(text)}`);
  // Releases differ in what they print of an empty table: nothing, or a sentence.
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^No \w+ .*found/i.test(line));
  return lines.map((line) => rowOf(program, line, fields));
}

function rowOf(program: string, line: string, fields: readonly string[]): SmiRow {
  const cells = line.split(", ");
  if (cells.length < fields.length)
    throw unreadable(
      program,
      `printed a line of ${cells.length} fields where ${fields.length} were asked for: "${firstLine(line)}"`,
    );
  const last = fields.length - 1;
  const values = [...cells.slice(0, last), cells.slice(last).join(", ")];
  return new Map(fields.map((field, i) => [field, cleanText(values[i]!)]));
}

/** The fields of `--query-gpu` that this release has, by its own help. */
export async function smiFields(program: string): Promise<ReadonlySet<string>> {
  const { text } = await runSmi(program, ["--help-query-gpu"]);
  return new Set([...text.matchAll(/"([a-z][\w.]*)"/g)].map(([, field]) => field!));
}

function unreadable(program: string, problem: string): InputError {
  return new InputError({
    what: program,
    problem,
    advice: "run it by hand and see what it says; install the driver's library libnvidia-ml.so.1 to do without it",
  });
}
