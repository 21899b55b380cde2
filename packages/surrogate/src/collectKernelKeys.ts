import type { KernelKey, KernelStep } from "@partitune/schema";
import { countOccurrences } from "./countOccurrences.ts";

interface Samples {
  readonly executions: number[];
  readonly idles: number[];
}

/** Samples of one identity: by occurrence, and of all together. */
interface IdentitySamples {
  readonly occurrences: Samples[];
  readonly all: Samples;
}

/**
 * Samples of steps under both keys of each operation. The last operation of a step has no idle time: what follows lies between steps.
 *
 * @param gapsKnown  false: idle times mean nothing and are left out
 * @returns by identity, then occurrence, the key of the identity alone last; samples ascending
 */
export function collectKernelKeys(steps: readonly KernelStep[], gapsKnown: boolean): readonly KernelKey[] {
  const collected = new Map<number, IdentitySamples>();
  for (const step of steps) collectStep(collected, step, gapsKnown);
  return [...collected.keys()]
    .sort((a, b) => a - b)
    .flatMap((identity) => {
      const { occurrences, all } = collected.get(identity)!;
      return [
        ...occurrences.map((samples, occurrence) => ({ identity, occurrence, ...ascending(samples) })),
        { identity, occurrence: null, ...ascending(all) },
      ];
    });
}

function collectStep(collected: Map<number, IdentitySamples>, step: KernelStep, gapsKnown: boolean): void {
  const occurrences = countOccurrences(step.identities);
  const last = step.identities.length - 1;
  for (const [row, identity] of step.identities.entries()) {
    const known = collected.get(identity) ?? { occurrences: [], all: { executions: [], idles: [] } };
    collected.set(identity, known);
    const own = known.occurrences[occurrences[row]!] ?? { executions: [], idles: [] };
    known.occurrences[occurrences[row]!] = own;
    for (const samples of [own, known.all]) {
      samples.executions.push(step.durations[row]!);
      if (gapsKnown && row < last) samples.idles.push(step.idles[row]!);
    }
  }
}

function ascending({ executions, idles }: Samples): Samples {
  return { executions: executions.sort((a, b) => a - b), idles: idles.sort((a, b) => a - b) };
}
