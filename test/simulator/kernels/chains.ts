import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KernelStep } from "@partitune/schema";
import { root } from "../../readSources.ts";

const folder = join(root, "../shared/data/kernel-fill");

/** Whether the public chains and their published results are there. */
export const haveChains = existsSync(folder);

/** Operations of one task, as the files have them: `[identity, duration, gap after, kind of gap]`, ns. */
export type Row = readonly [identity: number, duration: number, gap: number, kind: number];

export interface Combination {
  readonly name: string;
  readonly hp: string;
  readonly lp: readonly { readonly chain: string; readonly level: number; readonly jobs: number }[];
  readonly arrival_ns: number;
  readonly params: Readonly<Record<"eps_ns" | "dispatch_ns" | "window" | "slice_ns" | "switch_ns", number>>;
}

export interface ExpectedRun {
  readonly jct: number;
  readonly harm: number;
  readonly lp_service?: number;
  readonly lp_kernels?: number;
  readonly gap_service?: number;
  readonly delayed_gaps?: number;
  readonly max_delay?: number;
  readonly lp_finish?: readonly number[];
}

export interface Expected {
  readonly name: string;
  readonly exclusive_ns: number;
  readonly idle_ns: number;
  readonly corun: Readonly<Record<string, ExpectedRun>>;
  readonly preempt: Readonly<Record<string, ExpectedRun>>;
}

export function readCombinations(): readonly Combination[] {
  return readJson<{ combos: readonly Combination[] }>("combos.json").combos;
}

export function readExpected(): readonly Expected[] {
  return readJson<{ results: readonly Expected[] }>("expected.json").results;
}

const chains = new Map<string, readonly (readonly Row[])[]>();

/** Steps of a chain, read once. */
export function readChain(name: string): readonly (readonly Row[])[] {
  const known = chains.get(name) ?? readJson<{ steps: readonly (readonly Row[])[] }>(`${name}.chain.json`).steps;
  chains.set(name, known);
  return known;
}

export function toStep(rows: readonly Row[]): KernelStep {
  return {
    identities: rows.map(([identity]) => identity),
    durations: rows.map(([, duration]) => duration),
    idles: rows.map(([, , gap]) => gap),
    idleKinds: rows.map(([, , , kind]) => kind),
  };
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}
