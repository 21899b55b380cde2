import type { Device } from "@partitune/schema";

/** A device as a title names it; a synthetic one says so. */
export function nameDevice({ name, synthetic }: Device): string {
  return synthetic && name !== "synthetic" ? `${name}, synthetic` : name;
}
