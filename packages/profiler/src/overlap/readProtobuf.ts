/** One field of a protocol-buffer message. Numbers are those of varints and fixed fields; bytes those of everything with a length. */
export interface ProtobufField {
  readonly number: number;
  /** The value of a varint, exact up to 2^53; 0 for fields of other kinds. */
  readonly value: number;
  /** The content of a field with a length; a view, not a copy. Empty for fields of other kinds. */
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array(0);

/**
 * The fields of a message, in the order of the file.
 *
 * @throws RangeError when the bytes are no message
 * @see protobuf.dev/programming-guides/encoding
 */
export function* readProtobuf(message: Uint8Array): Generator<ProtobufField> {
  for (let at = 0; at < message.length; ) {
    const tag = readVarint(message, at);
    const number = Math.floor(tag.value / 8);
    const { value, bytes, end } = readValue(message, tag.end, tag.value % 8);
    if (number === 0 || end > message.length) throw new RangeError(`no field at byte ${at}`);
    yield { number, value, bytes };
    at = end;
  }
}

function readValue(message: Uint8Array, at: number, wireType: number) {
  switch (wireType) {
    case 0:
      return { ...readVarint(message, at), bytes: nothing };
    case 1:
      return { value: 0, bytes: nothing, end: at + 8 };
    case 2: {
      const { value: length, end } = readVarint(message, at);
      return { value: 0, bytes: message.subarray(end, end + length), end: end + length };
    }
    case 5:
      return { value: 0, bytes: nothing, end: at + 4 };
    default:
      throw new RangeError(`no field of wire type ${wireType} at byte ${at}`);
  }
}

/** A base-128 varint. */
export function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at]!;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, end: at + 1 };
    scale *= 128;
  }
  throw new RangeError(`no whole number at byte ${start}`);
}
