import { type Device, type FleetGpu, type FleetPlan, InputError } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { checkedGpus } from "../checkedGpus.ts";

/** A card of the plan on the machine that the files are for. */
export interface FleetCard extends FleetGpu {
  readonly kind: Device;
  /** What nvidia-smi is told: index or UUID. */
  readonly gpu: string;
}

/**
 * The plan's cards, each with the machine's card it stands for: the i-th of the options' `gpus`, or the one of index i.
 *
 * @throws InputError when cards are named wrongly, or fewer or more are named than the plan has
 */
export function fleetCards({ gpus, devices }: FleetPlan, options: Pick<EmitOptions, "gpus">): readonly FleetCard[] {
  const ids = options.gpus === undefined ? gpus.map((_, i) => String(i)) : checkedGpus(options.gpus);
  if (ids.length !== gpus.length)
    throw new InputError({
      what: `${ids.length} GPUs`,
      problem: `are named, and ${gpus.length} cards of the plan are to be written`,
      advice: "name one GPU for each card, in the plan's order, or choose the cards of this machine",
    });
  return gpus.map((gpu, i) => ({ ...gpu, kind: devices.find(({ name }) => name === gpu.device)!, gpu: ids[i]! }));
}
