import { meanHalfUp, nearestRank } from "@partitune/numerics";
import {
  type FilledTask,
  InputError,
  type KernelKey,
  type KernelProfile,
  kernelHash,
  kernelText,
} from "@partitune/schema";
import type { FillSettings } from "./fillSettings.ts";

/**
 * What a scheduler looks up for the operations of one task. Identities are in the order of their hashes, entries in the order of identities,
 * then of occurrences, that of the identity alone last: both can be searched by halving.
 *
 * @throws InputError when two identities have one hash
 */
export function toFillTable(
  profile: KernelProfile,
  settings: FillSettings,
): Pick<FilledTask, "identities" | "hashes" | "table"> {
  const sorted = hashedIdentities(profile);
  const place = new Map(sorted.map(({ number }, index) => [number, index]));
  const entries = profile.keys
    .filter(({ occurrence }) => settings.key === "occurrence" || occurrence === null)
    .map((key) => toEntry(key, place.get(key.identity)!, settings));
  return {
    identities: sorted.map(({ number }) => profile.identities[number]!),
    hashes: sorted.map(({ hash }) => hash),
    table: entries.sort((a, b) => a.identity - b.identity || orderOf(a.occurrence) - orderOf(b.occurrence)),
  };
}

/** Identities that have entries, by hash. */
function hashedIdentities({ task, identities, keys }: KernelProfile) {
  const numbers = [...new Set(keys.map(({ identity }) => identity))];
  const sorted = numbers
    .map((number) => ({ number, hash: kernelHash(identities[number]!) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const twin = sorted.findIndex(({ hash }, i) => hash === sorted[i + 1]?.hash);
  if (twin < 0) return sorted;
  throw new InputError({
    what: `"${kernelText(identities[sorted[twin]!.number]!)}" and "${kernelText(identities[sorted[twin + 1]!.number]!)}" of "${task}"`,
    problem: `have the same hash ${sorted[twin]!.hash}, so a scheduler cannot tell them apart`,
    advice: "rename one of them in the trace",
  });
}

function toEntry(
  { occurrence, executions, idles }: KernelKey,
  identity: number,
  { estimator, executionQuantile, idleQuantile }: FillSettings,
): FilledTask["table"][number] {
  const planned = (samples: readonly number[], p: number) =>
    estimator === "mean" ? meanHalfUp(samples) : nearestRank(samples, p);
  return {
    identity,
    occurrence,
    samples: executions.length,
    execution: {
      q50: nearestRank(executions, 0.5),
      q90: nearestRank(executions, 0.9),
      planned: planned(executions, executionQuantile),
      longest: executions.at(-1)!,
    },
    idle:
      idles.length === 0
        ? null
        : { q10: nearestRank(idles, 0.1), q50: nearestRank(idles, 0.5), planned: planned(idles, idleQuantile) },
  };
}

function orderOf(occurrence: number | null): number {
  return occurrence ?? Number.POSITIVE_INFINITY;
}
