import { InputError } from "@partitune/schema";
import type { CardDriver } from "./card.ts";
import { openSmi } from "./smiDriver.ts";

/** Where the driver is found, when not in the usual places. */
export interface CardDriverOptions {
  /** Path of `libnvidia-ml.so.1`. */
  readonly library?: string;
  /** Name or path of `nvidia-smi`. */
  readonly program?: string;
}

/**
 * Opens the way to the NVIDIA cards of this machine: NVML, or nvidia-smi where the library cannot be used. Only what is asked for is read: nothing is
 * changed on a card by opening it.
 *
 * @throws InputError when there is neither, with what is missing and what to do
 */
export async function openCardDriver({ library, program }: CardDriverOptions = {}): Promise<CardDriver> {
  const { openNvml } = await import("./nvmlDriver.ts"); // native code, for those alone who have cards
  const nvml = openNvml(library);
  if ("cards" in nvml) return nvml;
  const smi = await openSmi(program);
  if ("cards" in smi) return { ...smi, passedOver: [`nvml: ${nvml.reason}`] };
  throw new InputError({
    what: "the NVIDIA driver",
    problem: `cannot be reached: ${nvml.reason}; ${smi.reason}`,
    advice: nvml.advice,
  });
}
