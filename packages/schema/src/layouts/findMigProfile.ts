import type { Device } from "../device.ts";
import { InputError } from "../inputError.ts";
import type { MigProfile, MigTable } from "../mig.ts";
import { nearest } from "../nearest.ts";

/** The MIG table of a device; undefined when it has none. */
export function migTableOf({ partitionSchemes }: Partial<Pick<Device, "partitionSchemes">>): MigTable | undefined {
  return partitionSchemes?.find((scheme) => scheme.kind === "mig");
}

/**
 * The profile of this name, with the table it stands in.
 *
 * @throws InputError when the device has no MIG instances, or none of this profile
 */
export function findMigProfile(
  device: Partial<Pick<Device, "partitionSchemes">>,
  name: string,
): { readonly table: MigTable; readonly profile: MigProfile } {
  const table = migTableOf(device);
  const profile = table?.profiles.find((each) => each.name === name);
  if (table !== undefined && profile !== undefined) return { table, profile };
  throw new InputError({
    what: `MIG profile "${name}"`,
    problem: "is none of this device",
    advice: table === undefined ? "it has no MIG instances: choose another partition" : profileAdvice(table, name),
  });
}

/** Which profiles there are, the nearest first. */
export function profileAdvice({ profiles }: MigTable, name: string): string {
  const names = profiles.map((each) => each.name);
  const near = nearest(name, names);
  return near === undefined ? `it has ${names.join(", ")}` : `did you mean "${near}"? It has ${names.join(", ")}`;
}
