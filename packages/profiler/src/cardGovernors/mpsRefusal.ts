import type { Availability } from "../governors/governor.ts";
import { foreignDaemons } from "../mps/foreignDaemons.ts";
import { type CardPlace, cardRefusal } from "./cardPlace.ts";

/** Why no daemon of ours can serve the card: its mode, a missing program, or somebody else's daemon. */
export async function mpsRefusal(place: CardPlace): Promise<Availability> {
  const refusal = await cardRefusal(place);
  return refusal.ok ? daemonRefusal(place) : refusal;
}

/** The same for a daemon of one of its MIG instances. */
export async function daemonRefusal(place: CardPlace): Promise<Availability> {
  const { card, index, cards, daemons, programs, root } = place;
  if (programs.mps === undefined)
    return {
      ok: false,
      reason:
        'the program "nvidia-cuda-mps-control" is missing; it comes with the driver (Debian package nvidia-cuda-mps)',
    };
  const { computeMode } = await card.facts();
  const processes = (await card.processes()).map(({ pid }) => pid);
  const exclusive = computeMode === "exclusive-process";
  const served = { uuid: card.uuid, index, cards, exclusive, processes };
  const [foreign] = await foreignDaemons(served, daemons.folders(), root);
  if (foreign === undefined) return { ok: true };
  return {
    ok: false,
    reason: `another MPS daemon serves ${card.uuid} (${foreign}); let its user end it: echo quit | nvidia-cuda-mps-control`,
  };
}
