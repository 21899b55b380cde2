import { basename } from "node:path";
import { InputError } from "@partitune/schema";
import type { ReadKernelsOptions } from "./kernelImporter.ts";

/**
 * Refuses what can only be asked of recordings of several devices and steps.
 *
 * @param what  what the file is, such as "a profile of Orion"
 * @throws InputError when a device, a step marker or skipped steps are asked for
 */
export function refuseChoices(path: string, { device, stepMarker, skipSteps }: ReadKernelsOptions, what: string): void {
  const asked =
    device !== undefined
      ? "--device"
      : stepMarker !== undefined
        ? "--step-marker"
        : skipSteps
          ? "--skip-steps"
          : undefined;
  if (asked === undefined) return;
  throw new InputError({
    what: `file "${basename(path)}"`,
    problem: `is ${what}, which holds one chain of operations: ${asked} chooses nothing in it`,
    advice: `leave ${asked} out`,
  });
}
