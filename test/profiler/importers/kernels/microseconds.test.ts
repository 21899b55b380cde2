import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  exactNanoseconds,
  nanosecondsOf,
  openMicrosecondClock,
} from "../../../../packages/profiler/src/importers/kernels/microseconds.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const durationOf = (text: string) => nanosecondsOf(bytesOf(text), 0, text.length);

describe("a time in µs", () => {
  test.each([
    ["1712195495519761.132", 1712195495519761132n],
    ["1623142623460172", 1623142623460172000n],
    ["4203669603187.439", 4203669603187439n],
    ["0.0005", 1n],
    ["0.00049", 0n],
    ["-0.0005", 0n],
    ["-0.0006", -1n],
    ["-12.5", -12500n],
    ["1.7e3", 1700000n],
    ["25E-4", 3n],
  ])("%s is %i ns", (text, expected) => {
    expect(exactNanoseconds(text)).toBe(expected);
  });

  test.each(["", "1.", ".5", "NaN", "0x10", "1 ", "null"])("%o is none", (text) => {
    expect(exactNanoseconds(text)).toBeUndefined();
    expect(durationOf(text)).toBeNaN();
  });

  test("of any digits is the same by digits as by big integers", () => {
    const digits = fc.tuple(
      fc.bigInt({ min: 0n, max: 9n * 10n ** 12n }),
      fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 6 }),
    );
    fc.assert(
      fc.property(digits, ([whole, decimals]) => {
        const text = decimals === "" ? `${whole}` : `${whole}.${decimals}`;
        expect(durationOf(text)).toBe(Number(exactNanoseconds(text)));
      }),
      { seed: 7 },
    );
  });
});

describe("the clock of a trace", () => {
  const times = (...texts: readonly string[]) => {
    const clock = openMicrosecondClock();
    return texts.map((text) => clock.since(bytesOf(text), 0, text.length));
  };

  test("counts from the first time without losing a ns", () => {
    expect(times("1712195495519761.132", "1712195495519761.133", "1712195495519760", "1712195495519762.1")).toEqual([
      132, 133, -1000, 1100,
    ]);
  });

  test("is exact for ns written as µs, with exponents, in quotes, and with more decimals than a ns has", () => {
    expect(times("1712195495519761132", "1712195495519761133")).toEqual([0, 1000]);
    expect(
      times("1712195495519761.132", "1.712195495519761133e15", '"1712195495519761.134"', "1712195495519761.1346"),
    ).toEqual([132, 133, 134, 135]);
  });

  test("does not know times that are no numbers, or further away than a double counts ns", () => {
    expect(times("5", "99999999999999999", "x")).toEqual([0, Number.NaN, Number.NaN]);
  });

  test("says where it begins", () => {
    const clock = openMicrosecondClock();
    expect(clock.origin()).toBeUndefined();
    clock.since(bytesOf("1712195495519761.132"), 0, 20);
    expect(clock.origin()).toBe(1712195495519761n);
  });
});
