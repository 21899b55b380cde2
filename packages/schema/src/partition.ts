import { z } from "zod";
import { InputError } from "./inputError.ts";
import { count, fraction } from "./units.ts";

const whole = z.strictObject({ kind: z.literal("whole") }).describe("the whole device, nothing set");

const cpuShare = z
  .strictObject({
    kind: z.literal("cpu-share"),
    share: fraction.gt(0).describe("part of the processor time of all cores of the device, 0 < share ≤ 1"),
  })
  .describe("a quota of processor time");

const coreSet = z
  .strictObject({
    kind: z.literal("core-set"),
    cores: z
      .array(count)
      .min(1)
      .refine((cores) => cores.every((core, i) => i === 0 || core > cores[i - 1]!), "core numbers in rising order")
      .readonly()
      .describe("core numbers the workload is bound to, ascending"),
  })
  .describe("cores reserved by affinity");

/** A piece of a device that one workload runs on. */
export const partition = z.discriminatedUnion("kind", [whole, cpuShare, coreSet]);
export type Partition = Readonly<z.infer<typeof partition>>;

/** Partition kinds in the order of their text form. */
const codecs: Record<Partition["kind"], { format: (p: never) => string; parse: (text: string) => unknown }> = {
  whole: { format: () => "", parse: (text) => (text === "" ? { kind: "whole" } : undefined) },
  "cpu-share": {
    format: (p: Extract<Partition, { kind: "cpu-share" }>) => String(p.share),
    parse: (text) => ({ kind: "cpu-share", share: toNumber(text) }),
  },
  "core-set": {
    format: (p: Extract<Partition, { kind: "core-set" }>) => p.cores.join("+"),
    parse: (text) => ({ kind: "core-set", cores: text.split("+").map(toNumber) }),
  },
};

/**
 * A partition as the short text used in tables and on the command line.
 *
 * @example formatPartition({ kind: "cpu-share", share: 0.25 })  // "cpu-share:0.25"
 */
export function formatPartition(value: Partition): string {
  const text = codecs[value.kind].format(value as never);
  return text === "" ? value.kind : `${value.kind}:${text}`;
}

/**
 * The partition that a short text names; the inverse of {@link formatPartition}.
 *
 * @throws InputError when the text names no partition
 */
export function parsePartition(text: string): Partition {
  const [kind, ...rest] = text.split(":");
  const codec = codecs[kind as Partition["kind"]];
  const parsed = codec === undefined ? undefined : partition.safeParse(codec.parse(rest.join(":")));
  if (parsed?.success) return parsed.data;
  throw new InputError({
    what: `partition "${text}"`,
    problem: codec === undefined ? `is of no known kind (${Object.keys(codecs).join(", ")})` : "cannot be read",
    advice: 'write "whole", "cpu-share:0.25" (a fraction of all cores) or "core-set:0+1" (core numbers)',
  });
}

/**
 * The part of the device's processor capacity that a partition takes, 0 to 1.
 *
 * @param cores  number of cores of the device
 */
export function partitionFraction(value: Partition, cores: number): number {
  if (value.kind === "whole") return 1;
  return value.kind === "cpu-share" ? value.share : value.cores.length / cores;
}

/** The number of cores a workload on this partition can keep busy, at least 1: its thread count. */
export function partitionThreads(value: Partition, cores: number): number {
  return value.kind === "core-set"
    ? value.cores.length
    : Math.max(1, Math.ceil(partitionFraction(value, cores) * cores - 1e-9));
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
