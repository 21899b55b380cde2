import { formatLoad, InputError, type Load, type Partition, parseLoad, parsePartition } from "@partitune/schema";

/** What an option's numbers must be, in words and as a test, with an example. */
interface Expected {
  readonly words: string;
  readonly fits: (value: number) => boolean;
  readonly example: string;
}

const positive: Expected = { words: "a number above 0", fits: (value) => value > 0, example: "2.5" };
const nonNegative: Expected = { words: "a number from 0 on", fits: (value) => value >= 0, example: "0.1" };
const fraction: Expected = {
  words: "a number between 0 and 1",
  fits: (value) => value > 0 && value < 1,
  example: "0.9",
};
const margin: Expected = {
  words: "a number from 0 to below 1",
  fits: (value) => value >= 0 && value < 1,
  example: "0.02",
};
const shares: Expected = {
  words: "fractions above 0 and up to 1, separated by commas",
  fits: (value) => value > 0 && value <= 1,
  example: "0.25,0.5,1",
};
const counts: Expected = {
  words: "whole numbers from 1 on, separated by commas",
  fits: (value) => Number.isSafeInteger(value) && value >= 1,
  example: "1,2,4",
};

/** One number above 0, as an option gives it. */
export function parsePositive(option: string, text: string): number {
  return parseNumber(option, text, positive);
}

/** One number from 0 on. */
export function parseNonNegative(option: string, text: string): number {
  return parseNumber(option, text, nonNegative);
}

/** One number strictly between 0 and 1. */
export function parseFraction(option: string, text: string): number {
  return parseNumber(option, text, fraction);
}

/** One number from 0 to below 1: what is left free of a budget. */
export function parseMargin(option: string, text: string): number {
  return parseNumber(option, text, margin);
}

/** One whole number. */
export function parseCount(option: string, text: string, least = 1): number {
  return parseNumber(option, text, {
    words: `a whole number from ${least} on`,
    fits: (value) => Number.isSafeInteger(value) && value >= least,
    example: String(least + 1),
  });
}

/** Whole numbers from 1 on, separated by commas; each once, ascending. */
export function parseCounts(option: string, text: string): readonly number[] {
  return [...new Set(parseNumbers(option, text, counts))].sort((a, b) => a - b);
}

/** Partitions from the options `--shares 0.25,0.5` and `--partitions whole,cpu-share:0.5`. */
export function parsePartitions(options: { shares?: string; partitions?: string }): readonly Partition[] {
  const shared = options.shares === undefined ? [] : parseNumbers("--shares", options.shares, shares);
  const named = options.partitions === undefined ? [] : options.partitions.split(",");
  return [
    ...shared.map((share): Partition => ({ kind: "cpu-share", share })),
    ...named.map((text) => parsePartition(text.trim())),
  ];
}

/** Loads from `closed:1,poisson:200`; each once. */
export function parseLoads(text: string): readonly Load[] {
  const loads = text.split(",").map((part) => parseLoad(part.trim()));
  return [...new Map(loads.map((load) => [formatLoad(load), load])).values()];
}

function parseNumber(option: string, text: string, expected: Expected): number {
  const value = toNumber(text);
  if (expected.fits(value)) return value;
  throw wrong(option, text, "is not", expected);
}

function parseNumbers(option: string, text: string, expected: Expected): readonly number[] {
  const values = text.split(",").map(toNumber);
  if (values.every(expected.fits)) return values;
  throw wrong(option, text, "does not hold", expected);
}

/** Not a number for what is no finite number, so that it fits nothing. */
function toNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

function wrong(option: string, text: string, verb: string, { words, example }: Expected): InputError {
  return new InputError({
    what: `option ${option} "${text}"`,
    problem: `${verb} ${words}`,
    advice: `write for example ${option} ${example}`,
  });
}
