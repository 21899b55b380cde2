import { InputError } from "@partitune/schema";

/** The user chose a device that ran nothing; names those that did. */
export function noSuchDevice(file: string, device: number, devices: readonly number[]): InputError {
  return new InputError({
    what: `device ${device}`,
    problem: `ran nothing in "${file}"`,
    advice: `choose one of ${devices.join(", ")}`,
  });
}
