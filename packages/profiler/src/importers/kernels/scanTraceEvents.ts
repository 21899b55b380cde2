import {
  decodeString,
  type FieldTable,
  faultAt,
  incomplete,
  type KeepObject,
  scanObject,
  skipSpace,
  stringEnd,
  valueEnd,
} from "./scanJson.ts";
import { openValueSkipper, type ValueSkipper } from "./valueSkipper.ts";

/** Who is told of what a trace file holds. Bytes and spans are only good during the call. */
export interface TraceReader {
  /** Fields of an event to look for. */
  readonly fields: FieldTable;
  /** Called for each of these fields, again when an event is cut by a chunk's border; false leaves the event out. */
  readonly keep: KeepObject;
  /** Called for each event with the spans of its fields (`scanObject`), all −1 when it was declined. */
  readonly event: (bytes: Uint8Array, spans: Int32Array) => void;
  /** Names of values beside the events that are wanted. */
  readonly headers: readonly string[];
  /** Called for each of these, with its JSON text. */
  readonly header: (name: string, json: string) => void;
}

/** How reading ended. Positions are bytes of the unpacked file, from 0. */
export interface ScanEnd {
  /** complete; cut off before its end; no JSON from some byte on; or followed by a second document. */
  readonly status: "complete" | "cut" | "malformed" | "trailing";
  /** Where what was not read begins; the size of the file when it is complete. */
  readonly atByte: number;
  /** All bytes there are. */
  readonly bytes: number;
  /** Events passed, declined ones among them. */
  readonly events: number;
}

/** Where in the document reading stands, and the bytes that are not read yet: those from `at` to before `limit`. */
interface Scan {
  readonly reader: TraceReader;
  readonly spans: Int32Array;
  place: "start" | "members" | "skipping" | "events" | "end" | "malformed" | "trailing";
  /** The document is an array of events. */
  bare: boolean;
  skipper: ValueSkipper;
  bytes: Uint8Array<ArrayBuffer>;
  at: number;
  limit: number;
  /** Bytes that came before those held. */
  passed: number;
  events: number;
}

/** A larger single value cannot be an event: the text has lost its structure. */
const longestValueBytes = 64 * 2 ** 20;
const [quote, comma, colon, byteOrderMark] = [0x22, 0x2c, 0x3a, 0xef];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Passes over a Chrome trace (an object with `traceEvents`, or a bare array of events), event by event, however the bytes are cut
 * into chunks. Memory is bounded by the longest event. What stands beside the events is passed over as well; brackets are
 * counted, not matched. Reading stops where the text ends or stops being JSON, and says where.
 */
export async function scanTraceEvents(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  reader: TraceReader,
): Promise<ScanEnd> {
  const scan: Scan = {
    reader,
    spans: new Int32Array(2 * reader.fields.count),
    place: "start",
    bare: false,
    skipper: openValueSkipper(),
    bytes: new Uint8Array(0),
    at: 0,
    limit: 0,
    passed: 0,
    events: 0,
  };
  let unread = 0;
  for await (const chunk of chunks) {
    if (hasStopped(scan)) {
      unread += chunk.length;
      continue;
    }
    append(scan, chunk);
    while (step(scan)) {}
    if (scan.limit - scan.at > longestValueBytes) scan.place = "malformed";
  }
  return {
    status: hasStopped(scan) ? scan.place : scan.place === "end" ? "complete" : "cut",
    atByte: scan.passed + scan.at,
    bytes: scan.passed + scan.limit + unread,
    events: scan.events,
  };
}

function hasStopped(scan: Scan): scan is Scan & { place: "malformed" | "trailing" } {
  return scan.place === "malformed" || scan.place === "trailing";
}

/** Puts a chunk behind what is not read yet. */
function append(scan: Scan, chunk: Uint8Array): void {
  const { bytes, at, limit } = scan;
  const kept = limit - at;
  if (kept + chunk.length > bytes.length) {
    scan.bytes = new Uint8Array(Math.max(2 * bytes.length, kept + chunk.length));
    scan.bytes.set(bytes.subarray(at, limit));
  } else bytes.copyWithin(0, at, limit);
  scan.bytes.set(chunk, kept);
  scan.passed += at;
  scan.at = 0;
  scan.limit = kept + chunk.length;
}

/** Reads on by one event, one member or one sign; false when more bytes are needed, or none can be read. */
function step(scan: Scan): boolean {
  if (scan.place === "skipping") {
    scan.at = scan.skipper.over(scan.bytes, scan.at, scan.limit);
    if (!scan.skipper.done()) return false;
    scan.place = "members";
  }
  scan.at = skipSpace(scan.bytes, scan.at, scan.limit);
  if (scan.at >= scan.limit) return false;
  const byte = scan.bytes[scan.at]!;
  if (scan.place === "events") return readEvent(scan, byte);
  if (scan.place === "members") return readMember(scan, byte);
  if (scan.place === "start") return begin(scan, byte);
  scan.place = "trailing";
  return false;
}

function begin(scan: Scan, byte: number): boolean {
  if (byte === byteOrderMark) {
    if (scan.limit - scan.at < 3) return false;
    scan.at += 3;
    return true;
  }
  if (byte !== openBracket && byte !== openBrace) return stopAt(scan, scan.at);
  scan.bare = byte === openBracket;
  scan.place = scan.bare ? "events" : "members";
  scan.at++;
  return true;
}

function readEvent(scan: Scan, byte: number): boolean {
  const { reader, spans, bytes, at, limit } = scan;
  if (byte === openBrace) {
    const end = scanObject(bytes, at, limit, reader.fields, spans, reader.keep);
    if (end < 0) return endOrStop(scan, end);
    scan.events++;
    reader.event(bytes, spans);
    scan.at = end;
  } else if (byte === comma) scan.at++;
  else if (byte === closeBracket) {
    scan.at++;
    scan.place = scan.bare ? "end" : "members";
  } else {
    const end = valueEnd(bytes, at, limit);
    if (end < 0) return endOrStop(scan, end);
    scan.at = end;
  }
  return true;
}

function readMember(scan: Scan, byte: number): boolean {
  if (byte === comma) scan.at++;
  else if (byte === closeBrace) {
    scan.at++;
    scan.place = "end";
  } else if (byte === quote) return readNamed(scan);
  else return stopAt(scan, scan.at);
  return true;
}

/** A member of the document, from its name to its value. */
function readNamed(scan: Scan): boolean {
  const { reader, bytes, at, limit } = scan;
  const nameEnd = stringEnd(bytes, at + 1, limit);
  if (nameEnd < 0) return false;
  const separator = skipSpace(bytes, nameEnd + 1, limit);
  if (separator >= limit) return false;
  if (bytes[separator] !== colon) return stopAt(scan, separator);
  const start = skipSpace(bytes, separator + 1, limit);
  if (start >= limit) return false;
  const name = decodeString(bytes, at, nameEnd + 1);
  if (name === "traceEvents" && bytes[start] === openBracket) {
    scan.at = start + 1;
    scan.place = "events";
  } else if (reader.headers.includes(name)) {
    const end = valueEnd(bytes, start, limit);
    if (end < 0) return endOrStop(scan, end);
    reader.header(name, Buffer.from(bytes.buffer, start, end - start).toString());
    scan.at = end;
  } else {
    scan.at = start;
    scan.skipper = openValueSkipper();
    scan.place = "skipping";
  }
  return true;
}

/** After a scan that did not reach its end: waits for more bytes, or stops at the fault. */
function endOrStop(scan: Scan, result: number): boolean {
  return result === incomplete ? false : stopAt(scan, faultAt(result)!);
}

function stopAt(scan: Scan, position: number): boolean {
  scan.at = position;
  scan.place = "malformed";
  return false;
}
