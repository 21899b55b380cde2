import { z } from "zod";
import { InputError } from "./inputError.ts";
import { migProfileName } from "./mig.ts";
import { count, fraction, positiveCount } from "./units.ts";

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

const mpsShare = z
  .strictObject({
    kind: z.literal("mps-share"),
    share: fraction.gt(0).describe("the active thread percentage as a fraction, 0 < share ≤ 1"),
  })
  .describe("a limit on the multiprocessors of an MPS client: no reservation, and memory bandwidth stays shared");

const mig = z
  .strictObject({
    kind: z.literal("mig"),
    profile: migProfileName,
    start: count
      .optional()
      .describe(
        "memory slice at which the instance begins; absent when any will do, as for speed, which it does not change",
      ),
  })
  .describe("a MIG instance: multiprocessors, cache and memory of its own");

const smPartition = z
  .strictObject({
    kind: z.literal("sm-partition"),
    multiprocessors: positiveCount.describe("multiprocessors of the partition, a multiple of the card's chunk"),
  })
  .describe("a static MPS partition: multiprocessors of its own, memory shared");

const greenContext = z
  .strictObject({
    kind: z.literal("green-context"),
    multiprocessors: positiveCount.describe("multiprocessors of the context"),
  })
  .describe("a group of multiprocessors within one process, set by its own code; others are not kept out");

/** A piece of a device that one workload runs on. */
export const partition = z.discriminatedUnion("kind", [
  whole,
  cpuShare,
  coreSet,
  mpsShare,
  mig,
  smPartition,
  greenContext,
]);
export type Partition = Readonly<z.infer<typeof partition>>;

type Kind = Partition["kind"];
type Of<K extends Kind> = Extract<Partition, { readonly kind: K }>;

/** The text after the kind and its colon; none for the whole device. */
interface Codec<K extends Kind> {
  readonly format: (partition: Of<K>) => string;
  readonly parse: (text: string) => unknown;
  /** How to write it, for the advice. */
  readonly example: string;
}

/** Partition kinds in the order in which they are named to the user. */
const codecs: { readonly [K in Kind]: Codec<K> } = {
  whole: {
    format: () => "",
    parse: (text) => (text === "" ? { kind: "whole" } : undefined),
    example: '"whole"',
  },
  "cpu-share": {
    format: ({ share }) => String(share),
    parse: (text) => ({ kind: "cpu-share", share: toNumber(text) }),
    example: '"cpu-share:0.25" (a fraction of all cores)',
  },
  "core-set": {
    format: ({ cores }) => cores.join("+"),
    parse: (text) => ({ kind: "core-set", cores: text.split("+").map(toNumber) }),
    example: '"core-set:0+1" (core numbers)',
  },
  "mps-share": {
    format: ({ share }) => String(share),
    parse: (text) => ({ kind: "mps-share", share: toNumber(text) }),
    example: '"mps-share:0.4" (a fraction of all multiprocessors)',
  },
  mig: {
    format: ({ profile, start }) => (start === undefined ? profile : `${profile}@${start}`),
    parse: (text) => {
      const [profile, start, ...rest] = text.split("@");
      if (rest.length > 0) return undefined;
      return { kind: "mig", profile, ...(start === undefined ? {} : { start: toNumber(start) }) };
    },
    example: '"mig:3g.40gb" or, with its first memory slice, "mig:3g.40gb@4"',
  },
  "sm-partition": {
    format: ({ multiprocessors }) => String(multiprocessors),
    parse: (text) => ({ kind: "sm-partition", multiprocessors: toNumber(text) }),
    example: '"sm-partition:40" (multiprocessors)',
  },
  "green-context": {
    format: ({ multiprocessors }) => String(multiprocessors),
    parse: (text) => ({ kind: "green-context", multiprocessors: toNumber(text) }),
    example: '"green-context:16" (multiprocessors)',
  },
};

/**
 * A partition as the short text used in tables and on the command line.
 *
 * @example formatPartition({ kind: "cpu-share", share: 0.25 })  // "cpu-share:0.25"
 * @example formatPartition({ kind: "mig", profile: "3g.40gb", start: 4 })  // "mig:3g.40gb@4"
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
  const [kind = "", ...rest] = text.split(":");
  const codec = Object.hasOwn(codecs, kind) ? codecs[kind as Kind] : undefined;
  const parsed = codec === undefined ? undefined : partition.safeParse(codec.parse(rest.join(":")));
  if (parsed?.success) return parsed.data;
  throw new InputError({
    what: `partition "${text}"`,
    problem: codec === undefined ? `is of no known kind (${Object.keys(codecs).join(", ")})` : "cannot be read",
    advice: `write ${codec?.example ?? "for example whole, cpu-share:0.25, core-set:0+1, mps-share:0.4 or mig:3g.40gb@4"}`,
  });
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
