import { type Config, type Device, InputError } from "@partitune/schema";
import { type PieceKind, pieceKinds } from "@partitune/solver";

/**
 * Ways to cut cards, as an option lists them.
 *
 * @throws InputError when one is not known
 */
export function parsePieces(text: string): readonly PieceKind[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const wrong = names.find((name) => !pieceKinds.some((kind) => kind === name));
  if (wrong === undefined) return pieceKinds.filter((kind) => names.includes(kind));
  throw new InputError({
    what: `option --pieces "${text}"`,
    problem: `names "${wrong}", which is no way to cut a card`,
    advice: `choose from ${pieceKinds.join(", ")}, separated by commas`,
  });
}

/**
 * The way to cut cards where none is asked for: of those that the device offers the first, isolated before shared, on which most of the workloads
 * were measured.
 */
export function usualPieces(configs: readonly Config[], { partitionSchemes }: Device): readonly PieceKind[] {
  const offered = pieceKinds.filter((kind) => partitionSchemes.some((scheme) => scheme.kind === kind));
  const measured = (offered.length === 0 ? pieceKinds : offered).map((kind) => ({
    kind,
    workloads: new Set(configs.filter(({ partition }) => partition.kind === kind).map(({ workload }) => workload)).size,
  }));
  const most = Math.max(...measured.map(({ workloads }) => workloads));
  return [measured.find(({ workloads }) => workloads === most)!.kind];
}
