import type { Device, PartitionScheme } from "../device.ts";
import type { Partition } from "../partition.ts";
import { partitionCores } from "../partitionSize.ts";
import { multiprocessorGrid } from "./checkMultiprocessors.ts";

/**
 * Every partition that a device can be asked for, each alone legal, in the order of its schemes and rising size.
 *
 * Of MPS shares that come to the same multiprocessors the smallest is listed; the whole grid of processor shares; MIG instances at every start.
 * Sets of cores are not listed: there are 2ⁿ − 1.
 *
 * @param kinds  the kinds wanted, by default all
 */
export function listPartitions(
  device: Pick<Device, "cores" | "partitionSchemes">,
  kinds: readonly Partition["kind"][] = device.partitionSchemes.map(({ kind }) => kind),
): readonly Partition[] {
  return device.partitionSchemes
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((scheme) => partitionsOf(scheme, device));
}

function partitionsOf(
  scheme: PartitionScheme,
  device: Pick<Device, "cores" | "partitionSchemes">,
): readonly Partition[] {
  switch (scheme.kind) {
    case "whole":
      return [{ kind: "whole" }];
    case "cpu-share":
      return grid(scheme).map((share) => ({ kind: "cpu-share", share }));
    case "core-set":
      return [];
    case "mps-share": {
      const shares = grid(scheme).map((share): Partition => ({ kind: "mps-share", share }));
      const cores = shares.map((share) => partitionCores(share, device));
      return shares.filter((_, i) => cores[i]! > (cores[i - 1] ?? 0));
    }
    case "mig":
      return scheme.profiles
        .toSorted((a, b) => a.size - b.size || a.computeSlices - b.computeSlices || a.id - b.id)
        .flatMap(({ name, starts }) => starts.map((start): Partition => ({ kind: "mig", profile: name, start })));
    case "sm-partition":
    case "green-context": {
      const { least, step, total } = multiprocessorGrid(scheme, device.cores);
      const sizes = Array.from({ length: total / step }, (_, i) => (i + 1) * step);
      const { kind } = scheme;
      return sizes.filter((size) => size >= least).map((multiprocessors) => ({ kind, multiprocessors }));
    }
  }
}

function grid({ granularity, total }: { readonly granularity: number; readonly total: number }): readonly number[] {
  const steps = Math.floor(total / granularity + 1e-6);
  return Array.from({ length: steps }, (_, i) => Number(((i + 1) * granularity).toPrecision(12)));
}
