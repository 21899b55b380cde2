import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** A row that was asked for; what its table lacks is null. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** What is asked of a row: SQL, and the columns without which it is null. */
export interface Asked {
  readonly needs: readonly string[];
  readonly sql: string;
}

/** Reads tables of which some columns, or all of the table, may be absent. */
export interface Tables {
  readonly has: (test: (table: string) => boolean) => boolean;
  /** Row by row; no rows when the table is absent, or lacks a column that the condition needs. */
  readonly rows: (table: string, asked: Readonly<Record<string, Asked>>, where?: Asked) => Iterable<Row>;
  /** The least value of a column of whole numbers of any size; undefined when there is none. */
  readonly least: (table: string, column: string) => bigint | undefined;
}

/** A column as it stands. */
export function column(name: string): Asked {
  return { needs: [name], sql: `"${name}"` };
}

/** Opens the tables of a database; looks at their names and those of their columns. */
export function openTables(database: DatabaseSync): Tables {
  const columnsOf = new Map<string, Set<string>>();
  const known = database.prepare(
    "SELECT t.name AS tableName, c.name AS columnName FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
  );
  for (const { tableName, columnName } of known.iterate()) {
    const columns = columnsOf.get(String(tableName)) ?? new Set();
    columnsOf.set(String(tableName), columns.add(String(columnName)));
  }
  const isThere = (table: string, { needs }: Asked): boolean => needs.every((name) => columnsOf.get(table)?.has(name));
  return {
    has: (test) => [...columnsOf.keys()].some(test),
    rows: (table, asked, where) => {
      if (!columnsOf.has(table) || (where !== undefined && !isThere(table, where))) return [];
      const selected = Object.entries(asked).map(([as, one]) => `${isThere(table, one) ? one.sql : "NULL"} AS "${as}"`);
      const condition = where === undefined ? "" : ` WHERE ${where.sql}`;
      return database.prepare(`SELECT ${selected.join(", ")} FROM "${table}"${condition}`).iterate();
    },
    least: (table, name) => {
      if (!isThere(table, column(name))) return undefined;
      const statement = database.prepare(`SELECT min("${name}") AS least FROM "${table}"`);
      statement.setReadBigInts(true);
      const least = statement.get()?.least;
      return typeof least === "bigint" ? least : undefined;
    },
  };
}
