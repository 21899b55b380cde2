import { type Device, formatPartition, InputError, type Partition, type Warning } from "@partitune/schema";
import type { Executor } from "../executor.ts";
import { devicePieces, type PieceKind, pairedKinds, pieceKinds } from "./devicePieces.ts";

/** How a recording divides a device. */
export interface ChosenPieces {
  /** For networks alone; undefined where the device cannot be divided. */
  readonly alone: PieceKind | undefined;
  /** For pairs of networks. */
  readonly paired: PieceKind | undefined;
  /** MIG instances that exist beside the one of the baseline, the largest first; empty where the device is not cut so. */
  readonly instances: readonly Partition[];
  /** Better ways that could not be taken, and why. */
  readonly warnings: readonly Warning[];
}

/**
 * The best ways to divide a device of those that can be set here.
 *
 * @param asked  the one to take for everything
 * @throws InputError when the device cannot be divided as asked
 */
export async function choosePieces(executor: Executor, device: Device, asked?: PieceKind): Promise<ChosenPieces> {
  if (asked !== undefined) {
    const refusal = await refusalOf(asked, executor, device);
    if (refusal !== undefined) throw refusal;
    return { alone: asked, paired: asked, instances: [], warnings: [] };
  }
  if (device.defaultPartition.kind === "mig") {
    const instances = await otherInstances(executor, device);
    return { alone: undefined, paired: undefined, instances, warnings: [] };
  }
  const passedOver = new Map<PieceKind, Warning>();
  const first = async (kinds: readonly PieceKind[]) => {
    for (const kind of kinds.filter((each) => device.partitionSchemes.some((scheme) => scheme.kind === each))) {
      const refusal = await refusalOf(kind, executor, device);
      if (refusal === undefined) return kind;
      passedOver.set(kind, toWarning(refusal));
    }
    return undefined;
  };
  const [alone, paired] = [await first(pieceKinds), await first(pairedKinds)];
  return { alone, paired, instances: [], warnings: [...passedOver.values()] };
}

/** On a card that is cut into MIG instances nothing else can be set. */
async function otherInstances(
  executor: Executor,
  { partitionSchemes, defaultPartition }: Device,
): Promise<readonly Partition[]> {
  const profiles = partitionSchemes.flatMap((scheme) => (scheme.kind === "mig" ? scheme.profiles : []));
  const found: Partition[] = [];
  for (const { name } of profiles.toSorted((a, b) => b.computeSlices - a.computeSlices)) {
    const instance: Partition = { kind: "mig", profile: name };
    if (formatPartition(instance) === formatPartition(defaultPartition)) continue;
    if ((await refusedBecause(executor, instance)) === undefined) found.push(instance);
  }
  return found;
}

/** Why a half of the device cannot be set so. */
async function refusalOf(kind: PieceKind, executor: Executor, device: Device): Promise<InputError | undefined> {
  const [half] = devicePieces(device, [0.5], kind);
  if (half === undefined) {
    return new InputError({
      what: `pieces of kind "${kind}"`,
      problem: `are none that ${device.name} can be divided into (${device.partitionSchemes.map((scheme) => scheme.kind).join(", ")})`,
      advice: "choose another kind, or leave it to the device",
    });
  }
  return refusedBecause(executor, half);
}

/** Why a partition cannot be set; undefined when it can. */
async function refusedBecause(executor: Executor, partition: Partition): Promise<InputError | undefined> {
  try {
    await executor.admit(partition);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function toWarning({ details }: InputError): Warning {
  return { code: "pieces-left-out", where: details.what, cause: details.problem, advice: details.advice };
}
