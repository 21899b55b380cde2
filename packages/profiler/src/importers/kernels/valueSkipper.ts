const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Passes over one JSON value that may be longer than memory, piece by piece. */
export interface ValueSkipper {
  /** The position after the value, or `limit` when it goes on in the next piece. */
  readonly over: (bytes: Uint8Array, from: number, limit: number) => number;
  readonly done: () => boolean;
}

/** A skipper for a value that begins at the first byte it is given. */
export function openValueSkipper(): ValueSkipper {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let scalar = false;
  let begun = false;
  let done = false;

  const takeInString = (byte: number): void => {
    if (escaped) escaped = false;
    else if (byte === backslash) escaped = true;
    else if (byte === quote) {
      inString = false;
      done = depth === 0;
    }
  };
  /** False for the byte after a number or a literal, which is not part of it. */
  const take = (byte: number): boolean => {
    if (inString) takeInString(byte);
    else if (scalar && (byte === comma || byte === closeBrace || byte <= 0x20)) {
      done = true;
      return false;
    } else if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) done = --depth <= 0;
    else scalar ||= !begun;
    begun = true;
    return true;
  };
  return {
    over: (bytes, from, limit) => {
      let at = from;
      while (at < limit && !done && take(bytes[at]!)) at++;
      return at;
    },
    done: () => done,
  };
}
