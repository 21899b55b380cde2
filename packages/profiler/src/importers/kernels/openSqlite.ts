import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { InputError } from "@partitune/schema";

/**
 * Opens an SQLite file to read it, and only that: nothing is written, no index and no journal made.
 *
 * @throws InputError when this Node has no SQLite, or the file cannot be opened
 */
export async function openSqlite(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    database?.close();
    throw new InputError({
      what: `file "${basename(path)}"`,
      problem: `cannot be opened as SQLite (${error instanceof Error ? error.message : String(error)})`,
      advice: "export it again with nsys export --type sqlite; unpack it first when it is packed",
    });
  }
}

/** Node 22 warns once that its SQLite is experimental, which the user of a command cannot do anything about; other warnings pass. */
async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!String(warning).includes("SQLite is an experimental feature")) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await import("node:sqlite");
  } catch {
    throw new InputError({
      what: `Node ${process.versions.node}`,
      problem: "cannot read SQLite files",
      advice: "use Node 22.13 or later, or import the CSV report cuda_gpu_trace",
    });
  } finally {
    process.emitWarning = emitWarning;
  }
}
