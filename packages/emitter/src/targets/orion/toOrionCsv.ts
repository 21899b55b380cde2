import type { KernelIdentity, KernelTrace } from "@partitune/schema";

/** Operators of a task as Orion reads them. */
export interface OrionCsv {
  readonly text: string;
  /** `num_kernels` of Orion's client. */
  readonly rows: number;
  /** Rows whose need of multiprocessors is not known, and is taken to be a block on each. */
  readonly assumedNeeds: number;
  /** Rows of which it is not known what bounds them. */
  readonly unknownProfiles: number;
  /** Rows whose need of multiprocessors is not known at all: they have no geometry either. */
  readonly withoutNeeds: number;
}

/**
 * Columns `Name,Profile,Memory_footprint,SM_usage,Duration`, all whole numbers, ns: one row for each operation of the last step, in the order in
 * which they run, but none for copies and memsets. Durations are medians over steps.
 *
 * Orion splits rows at every comma and knows no quotes, so commas in names become semicolons, and control characters spaces.
 */
export function toOrionCsv(trace: KernelTrace): OrionCsv {
  const operations = operationsOf(trace);
  const lines = operations.map(
    ({ name, profile, need, duration }) => `${name},${profile},0,${need ?? trace.multiprocessors ?? 0},${duration}\n`,
  );
  return {
    text: `Name,Profile,Memory_footprint,SM_usage,Duration\n${lines.join("")}`,
    rows: lines.length,
    assumedNeeds: operations.filter(({ measured }) => !measured).length,
    unknownProfiles: operations.filter(({ profile }) => profile === -1).length,
    withoutNeeds: trace.multiprocessors === null ? operations.filter(({ need }) => need === null).length : 0,
  };
}

function operationsOf(trace: KernelTrace) {
  const samples = collectDurations(trace);
  const last = trace.steps.at(-1)!;
  return keysOf(last.identities).flatMap((key, row) => {
    const number = last.identities[row]!;
    const identity = trace.identities[number]!;
    if (isMemoryOperation(identity)) return [];
    const need = trace.needs?.[number] ?? null;
    return [
      {
        name: nameOf(identity, trace.format),
        profile: trace.profiles?.[number] ?? -1,
        measured: need !== null,
        need: need ?? blocksOf(identity),
        duration: median(samples.get(key)!),
      },
    ];
  });
}

function collectDurations({ steps }: KernelTrace): ReadonlyMap<string, readonly number[]> {
  const samples = new Map<string, number[]>();
  for (const { identities, durations } of steps)
    for (const [row, key] of keysOf(identities).entries()) {
      const own = samples.get(key);
      if (own === undefined) samples.set(key, [durations[row]!]);
      else own.push(durations[row]!);
    }
  return samples;
}

/** Each operation by its identity and how often that came before. */
function keysOf(identities: readonly number[]): readonly string[] {
  const counts = new Map<number, number>();
  return identities.map((identity) => {
    const occurrence = counts.get(identity) ?? 0;
    counts.set(identity, occurrence + 1);
    return `${identity}/${occurrence}`;
  });
}

function isMemoryOperation({ name, grid }: KernelIdentity): boolean {
  return grid === null && /mem(?:cpy|set)/i.test(name);
}

/** One multiprocessor for each block: the most it can need at once. */
function blocksOf({ grid }: KernelIdentity): number | null {
  return grid === null ? null : Math.max(1, grid[0] * grid[1] * grid[2]);
}

/** Names of traces that came from Orion end in the need by which they were told apart. */
function nameOf({ name }: KernelIdentity, format: string): string {
  const own = format === "orion" ? name.replace(/\|sm\d+$/, "") : name;
  const plain = own
    .replaceAll(",", ";")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return plain === "" ? "(no name)" : plain;
}

/** Of the nearest rank. */
function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.ceil(samples.length / 2) - 1]!;
}
