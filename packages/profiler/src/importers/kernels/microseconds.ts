/** Reads times that stand as decimal microseconds in a JSON text; exact, whatever their size. */
export interface MicrosecondClock {
  /** Time since the first time that was read, whole ns; NaN when it is no number or more than 104 days away. */
  readonly since: (bytes: Uint8Array, start: number, end: number) => number;
  /** The first time that was read, whole µs; undefined when none was. */
  readonly origin: () => bigint | undefined;
}

/**
 * Clock of a trace. The first time is subtracted before anything is rounded to a double: µs since 1970 with three decimals
 * have 19 digits, of which a double keeps 16.
 */
export function openMicrosecondClock(): MicrosecondClock {
  let origin: bigint | undefined;
  let exactOrigin = 0;
  const slowly = (bytes: Uint8Array, start: number, end: number): number => {
    const time = exactNanoseconds(textOf(bytes, start, end));
    if (time === undefined) return Number.NaN;
    if (origin === undefined) setOrigin(time / 1000n);
    return safeNumber(time - origin! * 1000n);
  };
  const setOrigin = (time: bigint): void => {
    origin = time;
    exactOrigin = Number(time);
  };
  return {
    since: (bytes, start, end) => {
      const ahead = splitDecimal(bytes, start, end);
      if (!ahead) return slowly(bytes, start, end);
      if (origin === undefined) setOrigin(BigInt(split.whole));
      if (exactOrigin > Number.MAX_SAFE_INTEGER) return slowly(bytes, start, end);
      const time = (split.whole - exactOrigin) * 1000 + split.thousandths;
      return Number.isSafeInteger(time) ? time : Number.NaN;
    },
    origin: () => origin,
  };
}

/** A duration in decimal µs → whole ns; NaN when it is no number. */
export function nanosecondsOf(bytes: Uint8Array, start: number, end: number): number {
  if (splitDecimal(bytes, start, end)) {
    const time = split.whole * 1000 + split.thousandths;
    if (Number.isSafeInteger(time)) return time;
  }
  const time = exactNanoseconds(textOf(bytes, start, end));
  return time === undefined ? Number.NaN : safeNumber(time);
}

/** Decimal µs, also with an exponent, → whole ns, half a ns rounded up; undefined when it is no number. */
export function exactNanoseconds(text: string): bigint | undefined {
  const match = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<part>\d+))?(?:[eE](?<exponent>[+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const { sign, whole, part = "", exponent = "0" } = match.groups as Record<string, string | undefined>;
  const digits = BigInt(`${whole}${part}`) * (sign === "-" ? -1n : 1n);
  const shift = Number(exponent) + 3 - part.length;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  const doubled = 2n * digits + unit;
  const quotient = doubled / (2n * unit);
  return doubled < 0n && doubled % (2n * unit) !== 0n ? quotient - 1n : quotient;
}

/** Where `splitDecimal` puts what it read; one object for all calls, since there is one call per time of a trace. */
const split = { whole: 0, thousandths: 0 };

/** Digits, and at most three decimals; false for anything else, or for more digits than a double holds. */
function splitDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let whole = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at === start || whole > Number.MAX_SAFE_INTEGER) return false;
  let thousandths = 0;
  if (at < end) {
    const decimals = end - at - 1;
    if (bytes[at] !== 0x2e || decimals < 1 || decimals > 3) return false;
    for (let i = 1; i <= 3; i++) {
      const digit = i <= decimals ? bytes[at + i]! - 0x30 : 0;
      if (digit < 0 || digit > 9) return false;
      thousandths = thousandths * 10 + digit;
    }
  }
  split.whole = whole;
  split.thousandths = thousandths;
  return true;
}

function safeNumber(time: bigint): number {
  const number = Number(time);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

/** Some writers quote their numbers. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  return text.startsWith('"') ? text.slice(1, -1) : text;
}
