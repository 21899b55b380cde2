import { InputError } from "@partitune/schema";
import type { Restoration } from "../restore/restoreStep.ts";

/**
 * Puts back everything that was changed on a device.
 *
 * @throws InputError naming what could not be put back, and what to do about it
 */
export async function putBackOrSay(device: string, restoration: Restoration): Promise<void> {
  const { left } = await restoration.release();
  if (left.length === 0) return;
  throw new InputError({
    what: `device "${device}"`,
    problem: `could not be put back wholly: ${left.map(({ step, reason }) => `${step.what} (${reason})`).join("; ")}`,
    advice: 'put it back with "partitune restore" before it is measured again',
  });
}
