import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KernelTrace } from "@partitune/schema";
import { identityKey } from "../../../../packages/profiler/src/importers/kernels/identityKey.ts";

const data = join(import.meta.dirname, "../../../../../shared/data");

/** Path of a public trace; it may be absent. */
export function publicTrace(name: string): string {
  return join(data, name);
}

/** Whether these public traces are there. */
export function havePublic(...names: readonly string[]): boolean {
  return names.every((name) => existsSync(publicTrace(name)));
}

/** A row of a published chain: identity, execution time, idle time after it (ns), kind of the idle time. */
type ChainRow = readonly [number, number, number, number];

/** What a published chain holds, in its own layout. */
export interface Chain {
  readonly ids: readonly string[];
  readonly steps: readonly (readonly ChainRow[])[];
}

export function publishedChain(name: string): Chain {
  const { ids, steps } = JSON.parse(readFileSync(publicTrace(`kernel-fill/${name}.chain.json`), "utf8")) as Chain;
  return { ids, steps };
}

/** A trace in the layout of the published chains. */
export function chainOf({ identities, steps }: KernelTrace): Chain {
  return {
    ids: identities.map(identityKey),
    steps: steps.map((step) =>
      step.durations.map((duration, i) => [step.identities[i]!, duration, step.idles[i]!, step.idleKinds[i]!]),
    ),
  };
}
