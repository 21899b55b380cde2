import type { ServiceTable } from "@partitune/schema";
import type { Station } from "./station.ts";

/**
 * A service table as a station whose times are all longer by a margin.
 *
 * @param margin  relative excess, 0 for the expected times
 */
export function toStation(table: ServiceTable, margin: number): Station {
  return {
    serviceSeconds: table.batches.map((row) => row.serviceSeconds * (1 + margin)),
    occupancySeconds: table.batches.map((row) => row.occupancySeconds * (1 + margin)),
    ratios: table.ratios,
  };
}
