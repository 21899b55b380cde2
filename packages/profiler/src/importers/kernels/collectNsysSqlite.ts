import { basename } from "node:path";
import type { SQLOutputValue } from "node:sqlite";
import { InputError, type KernelIdentity } from "@partitune/schema";
import { openIdentityList } from "./identityList.ts";
import { joinLaunches } from "./joinLaunches.ts";
import { openNsysOperationColumns } from "./nsysOperationColumns.ts";
import { type NsysDevice, type NsysOperations, type NsysRange, type NsysRecords, nsysKind } from "./nsysRecords.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";
import { openSqlite } from "./openSqlite.ts";
import { type Asked, column, openTables, type Row, type Tables } from "./openTables.ts";

/**
 * Reads the operations, launches and ranges of an export, and nothing else.
 *
 * @throws InputError when it is no export of Nsight Systems, or damaged
 */
export async function collectNsysSqlite(path: string): Promise<NsysRecords> {
  const database = await openSqlite(path);
  try {
    const tables = openTables(database);
    if (!tables.has((name) => /^(?:CUPTI_ACTIVITY_KIND_|NVTX_EVENTS$|TARGET_INFO_GPU$)/.test(name)))
      throw foreign(path);
    return collect(tables);
  } catch (error) {
    if (error instanceof Error && "code" in error && damages.has(error.code)) throw damaged(path, error);
    throw error;
  } finally {
    database.close();
  }
}

/** What SQLite says of damaged pages, and Node of numbers that no export holds. */
const damages: ReadonlySet<unknown> = new Set(["ERR_SQLITE_ERROR", "ERR_OUT_OF_RANGE"]);

function collect(tables: Tables): NsysRecords {
  const origin = firstTime(tables);
  const identities = openIdentityList();
  const columns = openNsysOperationColumns();
  const callOf = openCallNumbers();
  const left = { withoutTime: 0, negative: 0 };
  for (const { table, asked, identityOf, kind } of operationTables) {
    for (const row of tables.rows(table, { ...times(origin), ...placed, ...asked })) {
      const [start, duration] = [numberOf(row.start), numberOf(row.duration)];
      if (Number.isNaN(start) || Number.isNaN(duration)) left.withoutTime++;
      else if (duration < 0) left.negative++;
      else {
        columns.add({
          start,
          end: start + duration,
          launch: Number.NaN,
          device: numberOf(row.device) || 0,
          stream: numberOf(row.stream) || 0,
          call: callOf(row),
          process: numberOf(row.process) || 0,
          identity: identities.indexOf(identityOf(row)),
          kind: row.node === 1 ? nsysKind.node : kind,
        });
      }
    }
  }
  const joined = joinCalls(columns.columns(), readCalls(tables, origin, callOf));
  return {
    ...joined,
    identities: identities.list,
    memoryKnown: true,
    devices: readDevices(tables),
    ...readRanges(tables, origin),
    dropped: {
      "operations without a time or a duration": left.withoutTime,
      "operations with a negative duration": left.negative,
    },
  };
}

/** Times are counted from the first inside SQLite, whose integers have 64 bits. */
const times = (origin: bigint): Readonly<Record<string, Asked>> => ({
  start: { needs: ["start"], sql: `"start" - (${origin})` },
  duration: { needs: ["start", "end"], sql: '"end" - "start"' },
});
/** Global ids pack the process into bits 24 to 47. */
const processOf = (name: string): Asked => ({ needs: [name], sql: `("${name}" >> 24) & 16777215` });
const textOf = (name: string): Asked => ({ needs: [name], sql: `(SELECT value FROM StringIds WHERE id = "${name}")` });
/** Numbers of nodes have 64 bits; 0 is none. */
const ofGraph: Asked = { needs: ["graphNodeId"], sql: 'coalesce("graphNodeId", 0) <> 0' };
const placed = {
  device: column("deviceId"),
  stream: column("streamId"),
  correlation: column("correlationId"),
  process: processOf("globalPid"),
};
const geometry = ["gridX", "gridY", "gridZ", "blockX", "blockY", "blockZ"] as const;

const callTable = "CUPTI_ACTIVITY_KIND_RUNTIME";
const rangeTable = "NVTX_EVENTS";

/** What is read of which table. */
const operationTables: readonly {
  readonly table: string;
  readonly asked: Readonly<Record<string, Asked>>;
  readonly identityOf: (row: Row) => KernelIdentity;
  readonly kind: number;
}[] = [
  {
    table: "CUPTI_ACTIVITY_KIND_KERNEL",
    asked: {
      demangled: textOf("demangledName"),
      short: textOf("shortName"),
      mangled: textOf("mangledName"),
      node: ofGraph,
      ...Object.fromEntries(geometry.map((name) => [name, column(name)])),
    },
    identityOf: kernelIdentity,
    kind: nsysKind.kernel,
  },
  {
    table: "CUPTI_ACTIVITY_KIND_MEMCPY",
    asked: { copy: column("copyKind"), node: ofGraph },
    identityOf: ({ copy }) => memoryIdentity(`memcpy ${copyNames[numberOf(copy!)] ?? `of kind ${copy}`}`),
    kind: nsysKind.memory,
  },
  {
    table: "CUPTI_ACTIVITY_KIND_MEMSET",
    asked: { node: ofGraph },
    identityOf: () => memoryIdentity("memset"),
    kind: nsysKind.memory,
  },
  {
    table: "CUPTI_ACTIVITY_KIND_GRAPH_TRACE",
    asked: { graph: { needs: ["graphId"], sql: 'CAST("graphId" AS TEXT)' } },
    identityOf: ({ graph }) => ({ name: `graph ${graph ?? "without a number"}`, grid: null, block: null }),
    kind: nsysKind.graph,
  },
];

/** Kinds of copies as CUPTI numbers them, in the words of the CSV reports. */
const copyNames: Readonly<Record<number, string>> = {
  1: "Host-to-Device",
  2: "Device-to-Host",
  3: "Host-to-Array",
  4: "Array-to-Host",
  5: "Array-to-Array",
  6: "Array-to-Device",
  7: "Device-to-Array",
  8: "Device-to-Device",
  9: "Host-to-Host",
  10: "Peer-to-Peer",
};

function kernelIdentity(row: Row): KernelIdentity {
  const name = [row.demangled, row.short, row.mangled].find((text) => typeof text === "string" && text !== "");
  const dimensions = geometry.map((name) => numberOf(row[name]));
  const known = dimensions.every((size) => Number.isSafeInteger(size) && size >= 0);
  const [gx, gy, gz, bx, by, bz] = dimensions;
  return {
    name: (name as string | undefined) ?? "(no name)",
    grid: known ? [gx!, gy!, gz!] : null,
    block: known ? [bx!, by!, bz!] : null,
  };
}

function memoryIdentity(what: string): KernelIdentity {
  return { name: `[CUDA ${what}]`, grid: null, block: null };
}

/** Calls of the host: when each began, and whether it launched a graph. */
interface Calls {
  readonly starts: Float64Array;
  readonly correlations: Float64Array;
  readonly ofGraph: Int32Array;
}

function readCalls(tables: Tables, origin: bigint, callOf: (row: Row) => number): Calls {
  const [starts, correlations, ofGraph] = [floatColumn(), floatColumn(), intColumn()];
  const asked = {
    ...times(origin),
    correlation: column("correlationId"),
    process: processOf("globalTid"),
    graph: { needs: ["nameId"], sql: `${textOf("nameId").sql} LIKE '%GraphLaunch%'` },
  };
  for (const row of tables.rows(callTable, asked)) {
    starts.push(numberOf(row.start));
    correlations.push(callOf(row));
    ofGraph.push(numberOf(row.graph) || 0);
  }
  return { starts: starts.values(), correlations: correlations.values(), ofGraph: ofGraph.values() };
}

/** Exports of old releases say the process of calls but not of operations; there can only be one then. */
function joinCalls(
  operations: NsysOperations,
  launches: Calls,
): Pick<NsysRecords, "operations" | "launchesKnown" | "ambiguous"> {
  if (launches.starts.length === 0) return { operations, launchesKnown: false, ambiguous: 0 };
  const withoutProcess = operations.processes.every((process) => process === 0);
  const correlations = withoutProcess ? launches.correlations.map((call) => call % 2 ** 32) : launches.correlations;
  const joinable = { starts: operations.starts, correlations: operations.calls };
  const { launchOf, ambiguous } = joinLaunches({
    operations: joinable,
    launches: { starts: launches.starts, correlations },
  });
  const kinds = operations.kinds.map((kind, row) => {
    const launchesGraph = launchOf[row]! >= 0 && launches.ofGraph[launchOf[row]!] === 1;
    return launchesGraph && kind !== nsysKind.graph ? nsysKind.node : kind;
  });
  const starts = Float64Array.from(launchOf, (launch) => (launch < 0 ? Number.NaN : launches.starts[launch]!));
  return { operations: { ...operations, launches: starts, kinds }, launchesKnown: true, ambiguous };
}

/** One number for process and correlation: a correlation has 32 bits, so processes are counted, which keeps both exact. */
function openCallNumbers(): (row: Row) => number {
  const processes = new Map<number, number>();
  return ({ process, correlation }) => {
    const id = numberOf(process) || 0;
    const index = processes.get(id) ?? processes.size;
    processes.set(id, index);
    return index * 2 ** 32 + numberOf(correlation);
  };
}

/** Pushed and popped (59), or started and ended (60): what else NVTX knows has no end. */
const rangesOnly: Asked = { needs: ["eventType"], sql: "eventType IN (59, 60)" };

function readRanges(tables: Tables, origin: bigint): Pick<NsysRecords, "ranges" | "rangeNames"> {
  const ranges: NsysRange[] = [];
  const rangeNames = new Map<string, number>();
  const asked = {
    ...times(origin),
    text: column("text"),
    registered: textOf("textId"),
    process: processOf("globalTid"),
  };
  for (const row of tables.rows(rangeTable, asked, rangesOnly)) {
    const name = typeof row.text === "string" ? row.text : row.registered;
    const [start, duration] = [numberOf(row.start), numberOf(row.duration)];
    if (typeof name !== "string" || !(duration > 0)) continue;
    rangeNames.set(name, (rangeNames.get(name) ?? 0) + 1);
    ranges.push({ name, start, end: start + duration, process: numberOf(row.process) || 0 });
  }
  return { ranges: ranges.sort((a, b) => a.start - b.start), rangeNames };
}

const described = { id: column("id"), name: column("name"), count: column("smCount") };

function readDevices(tables: Tables): ReadonlyMap<number, NsysDevice> {
  const devices = new Map<number, NsysDevice>();
  for (const row of tables.rows("TARGET_INFO_GPU", described)) {
    const count = numberOf(row.count);
    devices.set(numberOf(row.id), {
      name: typeof row.name === "string" && row.name !== "" ? row.name : null,
      multiprocessors: Number.isSafeInteger(count) && count > 0 ? count : null,
    });
  }
  return devices;
}

/** The first time of an operation; where there is none, of anything that is read. */
function firstTime(tables: Tables): bigint {
  const first = (names: readonly string[]) =>
    names
      .map((table) => tables.least(table, "start"))
      .filter((start) => start !== undefined)
      .sort((a, b) => (a < b ? -1 : 1))[0];
  return first(operationTables.map(({ table }) => table)) ?? first([callTable, rangeTable]) ?? 0n;
}

/** NaN for anything that is no number. */
function numberOf(value: SQLOutputValue | undefined): number {
  return typeof value === "number" ? value : Number.NaN;
}

function foreign(path: string): InputError {
  return new InputError({
    what: `file "${basename(path)}"`,
    problem: "is an SQLite file of another schema: it has no tables of CUDA activities",
    advice: "give what nsys export --type sqlite wrote of a recording with --trace=cuda",
  });
}

function damaged(path: string, error: Error): InputError {
  return new InputError({
    what: `file "${basename(path)}"`,
    problem: `cannot be read as SQLite (${error.message})`,
    advice: "copy or export it again",
  });
}
