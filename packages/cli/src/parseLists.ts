import { InputError, type Partition, parsePartition } from "@partitune/schema";

/** Numbers separated by commas, as an option gives them. */
export function parseNumbers(option: string, text: string): readonly number[] {
  const values = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (values.length > 0 && values.every((value) => Number.isFinite(value) && value > 0)) return values;
  throw new InputError({
    what: `option ${option} "${text}"`,
    problem: "is not a list of positive numbers",
    advice: `write for example ${option} 1,2,4`,
  });
}

/** One positive number, as an option gives it. */
export function parsePositive(option: string, text: string): number {
  const [value, ...rest] = parseNumbers(option, text);
  if (rest.length === 0) return value!;
  throw new InputError({
    what: `option ${option} "${text}"`,
    problem: "is a list where one number was expected",
    advice: `write for example ${option} ${value}`,
  });
}

/** Partitions from the options `--shares 0.25,0.5`, `--cores 0+1,0` and `--partitions whole,cpu-share:0.5`. */
export function parsePartitions(options: { shares?: string; partitions?: string }): readonly Partition[] {
  const shares =
    options.shares === undefined
      ? []
      : parseNumbers("--shares", options.shares).map((share) => parsePartition(`cpu-share:${share}`));
  const named =
    options.partitions === undefined ? [] : options.partitions.split(",").map((text) => parsePartition(text.trim()));
  return [...shares, ...named];
}
