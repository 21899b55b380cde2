import { type Device, InputError, type Warning } from "@partitune/schema";
import type { Executor } from "../executor.ts";
import { devicePieces, type PieceKind, pairedKinds, pieceKinds } from "./devicePieces.ts";

/** How a recording divides a device. */
export interface ChosenPieces {
  /** For networks alone; undefined where the device cannot be divided. */
  readonly alone: PieceKind | undefined;
  /** For pairs of networks. */
  readonly paired: PieceKind | undefined;
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
    return { alone: asked, paired: asked, warnings: [] };
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
  return { alone, paired, warnings: [...passedOver.values()] };
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
  try {
    await executor.admit(half);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function toWarning({ details }: InputError): Warning {
  return { code: "pieces-left-out", where: details.what, cause: details.problem, advice: details.advice };
}
