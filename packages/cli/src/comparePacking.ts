import { type FleetPacking, fewestGpus, leastGpus, type PackingName, packings, wattsOf } from "@partitune/solver";
import { formatPercent, formatQuantity } from "./formatNumbers.ts";
import type { PackRequest } from "./packOptions.ts";
import { formatTable } from "./printTable.ts";

/** What one method makes of a problem. */
export interface MethodResult {
  readonly method: PackingName;
  readonly packing: FleetPacking;
  /** Idle power of the GPUs and what the requests add, W; null when not known. */
  readonly watts: number | null;
  readonly seconds: number;
}

/**
 * Packs by every method, each against the same bound, best first.
 *
 * @param onMethod  told before a method begins
 */
export async function comparePacking(
  { fleet, timeLimit }: PackRequest,
  onMethod: (name: PackingName, done: number, total: number) => void,
): Promise<readonly MethodResult[]> {
  const names = Object.keys(packings) as readonly PackingName[];
  const least = await leastGpus(fleet.problem);
  const results: MethodResult[] = [];
  for (const [i, method] of names.entries()) {
    onMethod(method, i, names.length);
    const start = performance.now();
    const packing = await fewestGpus(fleet, { method, least, ...timeLimit });
    const watts = packing.status === "packed" ? wattsOf(packing.layouts) : null;
    results.push({ method, packing, watts, seconds: (performance.now() - start) / 1000 });
  }
  return results.toSorted((a, b) => gpusOf(a) - gpusOf(b));
}

function gpusOf({ packing }: MethodResult): number {
  return packing.status === "packed" ? packing.optimality.value : Number.POSITIVE_INFINITY;
}

/** Methods side by side with the bound. */
export function formatComparison(results: readonly MethodResult[]): string {
  return formatTable(results, [
    { header: "method", text: ({ method }) => method },
    {
      header: "GPUs",
      text: ({ packing }) => (packing.status === "packed" ? String(packing.optimality.value) : "–"),
      right: true,
    },
    {
      header: "at least",
      text: ({ packing }) => (packing.status === "packed" ? String(packing.optimality.bound) : "–"),
      right: true,
    },
    {
      header: "gap",
      text: ({ packing }) => (packing.status === "packed" ? formatPercent(packing.optimality.gap ?? 0) : "–"),
      right: true,
    },
    { header: "power", text: ({ watts }) => (watts === null ? "–" : formatQuantity(watts, "w")), right: true },
    { header: "time", text: ({ seconds }) => formatQuantity(seconds, "s"), right: true },
    { header: "", text: ({ packing }) => whyNot(packing) },
  ]);
}

function whyNot(packing: FleetPacking): string {
  if (packing.status === "packed") return packing.optimality.status === "optimal" ? "fewest" : "";
  if (packing.status !== "unservable") return packing.reason;
  return `cannot serve ${packing.services.map(({ service }) => `"${service}"`).join(", ")}`;
}
