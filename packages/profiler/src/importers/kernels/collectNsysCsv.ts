import { basename } from "node:path";
import { InputError, type KernelIdentity } from "@partitune/schema";
import { openIdentityList } from "./identityList.ts";
import { markGraphs } from "./markGraphs.ts";
import { exactNanoseconds } from "./microseconds.ts";
import { type NsysCsvColumns, nsysCsvHeader } from "./nsysCsvColumns.ts";
import { openNsysOperationColumns } from "./nsysOperationColumns.ts";
import { type NsysDevice, type NsysRecords, nsysKind } from "./nsysRecords.ts";
import { readTextLines } from "./readTextLines.ts";
import { splitCsvLine } from "./splitCsvLine.ts";

/** Reads the operations of a report. @throws InputError when it holds no table of operations */
export async function collectNsysCsv(path: string): Promise<NsysRecords> {
  const file = basename(path);
  const rows = openRows();
  let columns: NsysCsvColumns | undefined;
  let other: "sums" | "calls" | undefined;
  await readTextLines(path, (text, line) => {
    if (text.trim() === "") return;
    const fields = splitCsvLine(line === 1 ? text.replace(/^\ufeff/, "") : text);
    if (columns !== undefined) {
      rows.add(fields, columns);
      return;
    }
    const header = fields === undefined ? undefined : nsysCsvHeader(fields, file, line);
    if (header?.table === "operations") columns = header.columns;
    else other ??= header?.table;
  });
  if (columns === undefined) throw noTable(file, other);
  return rows.records(columns);
}

function openRows() {
  const operations = openNsysOperationColumns();
  const identities = openIdentityList();
  const devices = new Map<number, NsysDevice>();
  const left = { lines: 0, withoutTime: 0, negative: 0 };
  const known = new Map<string, number>();
  let origin: bigint | undefined;
  let rows = 0; // stands for the stream where the table has none, so that nothing seems to overlap on one

  const identityAt = (at: (column: number) => string, columns: NsysCsvColumns): number => {
    const text = [at(columns.name), ...columns.grid.map(at), ...columns.block.map(at)].join("\n");
    const index = known.get(text) ?? identities.indexOf(identityOf(at, columns));
    known.set(text, index);
    return index;
  };
  const add = (fields: readonly string[] | undefined, columns: NsysCsvColumns): void => {
    if (fields?.length !== columns.width) {
      left.lines++;
      return;
    }
    const at = (column: number): string => (column < 0 ? "" : fields[column]!.trim());
    const { exponents } = columns;
    const start = nanoseconds(at(columns.start), exponents.start);
    const duration = nanoseconds(at(columns.duration), exponents.duration);
    if (start === undefined || duration === undefined) left.withoutTime++;
    else if (duration < 0n) left.negative++;
    else {
      origin ??= start;
      const end = Number(start - origin + duration);
      if (!Number.isSafeInteger(end)) {
        left.withoutTime++;
        return;
      }
      const launch = nanoseconds(at(columns.launch), exponents.launch);
      const { number, device } = deviceOf(at(columns.device));
      if (!devices.has(number)) devices.set(number, device);
      const identity = identityAt(at, columns);
      const process = numberOr(at(columns.process), 0);
      operations.add({
        start: Number(start - origin),
        end,
        launch: launch === undefined ? Number.NaN : Number(launch - origin),
        device: number,
        stream: columns.stream < 0 ? rows++ : numberOr(at(columns.stream), 0),
        call: numberOr(at(columns.context), process) * 2 ** 32 + numberOr(at(columns.correlation), Number.NaN),
        process,
        identity,
        kind: identities.list[identity]!.grid === null ? nsysKind.memory : nsysKind.kernel,
      });
    }
  };
  const records = ({ launch, kernelsOnly }: NsysCsvColumns): NsysRecords => ({
    operations: launch < 0 ? markGraphs(operations.columns()) : operations.columns(),
    identities: identities.list,
    launchesKnown: launch >= 0,
    memoryKnown: !kernelsOnly,
    devices,
    ranges: [],
    rangeNames: new Map(),
    dropped: {
      "lines that are no rows of the table": left.lines,
      "operations without a time or a duration": left.withoutTime,
      "operations with a negative duration": left.negative,
    },
    ambiguous: 0,
  });
  return { add, records };
}

/** Exact, whatever the unit; commas between thousands are allowed. Nearly all reports state whole ns, which take the short way. */
function nanoseconds(text: string, exponent: number): bigint | undefined {
  if (exponent === -3 && /^\d+$/.test(text)) return BigInt(text);
  const [digits = "", own = "0"] = text.replaceAll(/(?<=\d),(?=\d{3})/g, "").split(/[eE]/);
  return exactNanoseconds(`${digits}e${Number(own) + exponent}`);
}

function numberOr(text: string, otherwise: number): number {
  const number = Number(text.replaceAll(",", ""));
  return text === "" || !Number.isFinite(number) ? otherwise : number;
}

/** "NVIDIA A100-SXM4-40GB (0)", or a number alone; "GPU" is what a recording without the name says. */
function deviceOf(text: string): { readonly number: number; readonly device: NsysDevice } {
  const { name, number } = /^(?<name>.*?)\s*\(?(?<number>\d+)\)?$/.exec(text)?.groups ?? {};
  const known = name !== undefined && name !== "" && name !== "GPU";
  return { number: numberOr(number ?? "", 0), device: { name: known ? name : null, multiprocessors: null } };
}

function identityOf(at: (column: number) => string, columns: NsysCsvColumns): KernelIdentity {
  const grid = dimensionsOf(columns.grid.map(at));
  const block = dimensionsOf(columns.block.map(at));
  const known = grid !== null && block !== null;
  return { name: at(columns.name) || "(no name)", grid: known ? grid : null, block: known ? block : null };
}

/** Three texts of a number each, or one text of three numbers. */
function dimensionsOf(texts: readonly string[]): readonly [number, number, number] | null {
  const numbers = texts.length === 1 ? (texts[0]!.match(/\d+/g) ?? []) : texts.map((text) => text.replaceAll(",", ""));
  if (numbers.length !== 3 || !numbers.every((text) => /^\d+$/.test(text))) return null;
  const [x, y, z] = numbers.map(Number);
  return [x!, y!, z!];
}

function noTable(file: string, other: "sums" | "calls" | undefined): InputError {
  const problem = {
    sums: "holds sums by kernel: neither the order of kernels nor the idle time between them",
    calls: "holds calls of the host, not operations of a device",
  };
  return new InputError({
    what: `file "${file}"`,
    problem:
      other === undefined
        ? "holds no table of operations with the columns Start, Duration, Device and Name"
        : problem[other],
    advice: "export the operations with nsys stats --report cuda_gpu_trace --format csv",
  });
}
