import { gridsOf, type NeighbourPlan, neighbourGrids, type Space } from "@partitune/profiler";
import { type Device, InputError } from "@partitune/schema";
import { parseCount } from "./parseLists.ts";

/** What the command line says of workloads side by side. */
export interface NeighbourOptions {
  readonly neighbours?: string;
  readonly mostNeighbours?: string;
  readonly seed: string;
}

/** As many settings in a round: with the quick protocol they take some ten minutes. */
export const usualMostNeighbours = 200;

const names: readonly string[] = ["pairs", "triples"];

/**
 * Workloads of a space side by side on its partitions, as `--neighbours` asks for.
 *
 * @throws InputError when it asks for what is neither pairs nor triples, or the partitions leave no room for them
 */
export function readNeighbours(
  { neighbours, mostNeighbours, seed }: NeighbourOptions,
  space: Space,
  device: Device,
): NeighbourPlan | null {
  if (neighbours === undefined) {
    if (mostNeighbours === undefined) return null;
    throw new InputError({
      what: `option --most-neighbours "${mostNeighbours}"`,
      problem: "has no effect without --neighbours",
      advice: "add --neighbours pairs, or leave it out",
    });
  }
  const most = mostNeighbours === undefined ? usualMostNeighbours : parseCount("--most-neighbours", mostNeighbours);
  const { workloads, powerModes, loads } = space;
  const partitions = gridsOf(space).flatMap((grid) => grid.partitions);
  return neighbourGrids(
    { workloads, partitions, powerModes, sizes: parseSizes(neighbours), most, seed, ...(loads && { loads }) },
    device,
  );
}

/** What is going to be measured, in one line. */
export function describeNeighbours({ grids, coverage, isComplete }: NeighbourPlan): string {
  const parts = coverage.map(({ size, measured, all }) => {
    const name = names[size - 2]!;
    return measured === all ? `all ${all} ${name}` : `${measured} of ${all} ${name}`;
  });
  const more = isComplete ? "" : "; there are more settings, see --most-neighbours";
  return `side by side, in each round: ${grids.length} settings, ${parts.join(" and ")} of workloads${more}`;
}

function parseSizes(text: string): readonly number[] {
  return text.split(",").map((part) => {
    const size = ["2", "3"].includes(part.trim()) ? Number(part) : names.indexOf(part.trim()) + 2;
    if (size >= 2) return size;
    throw new InputError({
      what: `option --neighbours "${text}"`,
      problem: "is neither pairs nor triples",
      advice: "write --neighbours pairs, triples, or both: pairs,triples",
    });
  });
}
