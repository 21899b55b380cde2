/**
 * A protocol-buffer message under construction: its encoded length and the parts that make it up, in order. Large parts are
 * produced only when they are written, so that a network of half a gigabyte needs a few megabytes of memory.
 */
export interface Encoded {
  readonly length: number;
  readonly parts: readonly (Uint8Array | Chunks)[];
}

/** Bytes that are produced on demand. A chunk is valid until the next one is asked for. */
export interface Chunks {
  readonly length: number;
  readonly produce: () => Iterable<Uint8Array>;
}

/** Joins encoded fields into one message body. */
export function encode(...fields: readonly Encoded[]): Encoded {
  return {
    length: fields.reduce((sum, field) => sum + field.length, 0),
    parts: fields.flatMap((field) => field.parts),
  };
}

/** A field of type int32, int64, uint64, bool or enum. */
export function varintField(field: number, value: number): Encoded {
  return fromBytes([...varint(field * 8 + 0), ...varint(value)]);
}

/** A field of type float. */
export function floatField(field: number, value: number): Encoded {
  return fromBytes([...varint(field * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A field of type string. */
export function textField(field: number, text: string): Encoded {
  const bytes = new TextEncoder().encode(text);
  return delimited(field, { length: bytes.length, parts: [bytes] });
}

/** A field that holds a message. */
export function messageField(field: number, message: Encoded): Encoded {
  return delimited(field, message);
}

/** A field of type bytes. */
export function bytesField(field: number, chunks: Chunks): Encoded {
  return delimited(field, { length: chunks.length, parts: [chunks] });
}

/** A repeated field of type int64 in packed form. */
export function packedVarintsField(field: number, values: readonly number[]): Encoded {
  return delimited(field, fromBytes(values.flatMap(varint)));
}

function delimited(field: number, body: Encoded): Encoded {
  return encode(fromBytes([...varint(field * 8 + 2), ...varint(body.length)]), body);
}

function fromBytes(bytes: readonly number[]): Encoded {
  return { length: bytes.length, parts: [Uint8Array.from(bytes)] };
}

/** Base-128 varint; negative numbers as their 64-bit two's complement, as int64 fields demand. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}
