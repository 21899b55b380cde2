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

/** Who is told of what a trace file holds. Bytes and spans are only good during the call. */
export interface TraceReader {
  /** Fields of an event to look for. */
  readonly fields: FieldTable;
  /** Called for each of these fields; false leaves the event out. */
  readonly keep: KeepObject;
  /** Called for each event that was kept, with the spans of its fields (`scanObject`). */
  readonly event: (bytes: Uint8Array, spans: Int32Array) => void;
  /** Values beside the events that are wanted, by name, each as JSON text. */
  readonly header: (name: string, json: string) => void;
  readonly headers: readonly string[];
}

/** How reading ended. Positions are bytes of the unpacked file, from 0. */
export interface ScanEnd {
  /** complete; cut off inside an event or before the closing bracket; no JSON from some byte on; or a second document follows. */
  readonly status: "complete" | "cut" | "malformed" | "trailing";
  /** Where what was not read begins; the size of the file when it is complete. */
  readonly atByte: number;
  /** All bytes there are. */
  readonly bytes: number;
  /** Events passed, kept or not. */
  readonly events: number;
}

type Place = "start" | "fields" | "skipping" | "events" | "end" | "malformed" | "trailing";

/** A larger single value cannot be an event: the text has lost its structure. */
const longestValueBytes = 64 * 2 ** 20;
const [quote, comma, colon] = [0x22, 0x2c, 0x3a];
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
  const spans = new Int32Array(2 * reader.fields.count);
  let place = "start" as Place;
  let bytes = new Uint8Array(0);
  let held = 0;
  let dropped = 0;
  let at = 0;
  let limit = 0;
  let events = 0;
  let bare = false;
  const skip = skipper();

  const step = (): boolean => {
    at = skipSpace(bytes, at, limit);
    if (at >= limit) return false;
    const byte = bytes[at]!;
    if (place === "start") return begin(byte);
    if (place === "fields") return field(byte);
    if (place === "events") return event(byte);
    place = "trailing";
    return false;
  };
  const begin = (byte: number): boolean => {
    if (byte === 0xef) {
      if (limit < 3) return false;
      at += 3;
      return true;
    }
    bare = byte === openBracket;
    place = bare ? "events" : byte === openBrace ? "fields" : "malformed";
    if (place === "malformed") return false;
    at++;
    return true;
  };
  const field = (byte: number): boolean => {
    if (byte === comma) at++;
    else if (byte === closeBrace) {
      at++;
      place = "end";
    } else return member(byte);
    return true;
  };
  const member = (byte: number): boolean => {
    if (byte !== quote) return malformed(at);
    const nameEnd = stringEnd(bytes, at + 1, limit);
    if (nameEnd < 0) return false;
    const separator = skipSpace(bytes, nameEnd + 1, limit);
    if (separator >= limit) return false;
    if (bytes[separator] !== colon) return malformed(separator);
    const start = skipSpace(bytes, separator + 1, limit);
    if (start >= limit) return false;
    const name = decodeString(bytes, at, nameEnd + 1);
    if (name === "traceEvents" && bytes[start] === openBracket) {
      at = start + 1;
      place = "events";
      return true;
    }
    if (reader.headers.includes(name)) {
      const end = valueEnd(bytes, start, limit);
      if (end === incomplete) return false;
      if (end < 0) return malformed(faultAt(end)!);
      reader.header(name, Buffer.from(bytes.buffer, start, end - start).toString());
      at = end;
      return true;
    }
    at = start;
    skip.begin();
    place = "skipping";
    return true;
  };
  const event = (byte: number): boolean => {
    if (byte === openBrace) {
      const end = scanObject(bytes, at, limit, reader.fields, spans, reader.keep);
      if (end === incomplete) return false;
      if (end < 0) return malformed(faultAt(end)!);
      events++;
      reader.event(bytes, spans);
      at = end;
    } else if (byte === comma) at++;
    else if (byte === closeBracket) {
      at++;
      place = bare ? "end" : "fields";
    } else {
      const end = valueEnd(bytes, at, limit);
      if (end === incomplete) return false;
      if (end < 0) return malformed(faultAt(end)!);
      at = end;
    }
    return true;
  };
  const malformed = (position: number): boolean => {
    at = position;
    place = "malformed";
    return false;
  };

  for await (const chunk of chunks) {
    if (place === "malformed" || place === "trailing") {
      held += chunk.length;
      continue;
    }
    const kept = limit - at;
    if (kept + chunk.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, kept + chunk.length));
      larger.set(bytes.subarray(at, limit));
      bytes = larger;
    } else bytes.copyWithin(0, at, limit);
    bytes.set(chunk, kept);
    dropped += at;
    at = 0;
    limit = kept + chunk.length;
    for (;;) {
      if (place === "skipping") {
        at = skip.over(bytes, at, limit);
        if (skip.inside()) break;
        place = "fields";
      }
      if (!step()) break;
    }
    if (limit - at > longestValueBytes) place = "malformed";
  }
  const status = place === "malformed" || place === "trailing" ? place : place === "end" ? "complete" : "cut";
  return { status, atByte: dropped + at, bytes: dropped + limit + held, events };
}

/** Passes over one value that may be longer than memory, piece by piece. */
function skipper() {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let scalar = false;
  let begun = false;
  let done = false;
  const take = (byte: number): boolean => {
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === 0x5c) escaped = true;
      else if (byte === quote) {
        inString = false;
        done = depth === 0;
      }
    } else if (scalar && (byte === comma || byte === closeBrace || byte <= 0x20)) {
      done = true;
      return false;
    } else if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) done = --depth <= 0;
    else scalar = !begun || scalar;
    begun = true;
    return true;
  };
  return {
    begin: () => {
      [depth, inString, escaped, scalar, begun, done] = [0, false, false, false, false, false];
    },
    inside: () => !done,
    /** Position after what was passed over. */
    over: (bytes: Uint8Array, from: number, limit: number): number => {
      let at = from;
      while (at < limit && !done && take(bytes[at]!)) at++;
      return at;
    },
  };
}
