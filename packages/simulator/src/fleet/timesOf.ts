import { type FleetTenant, InputError } from "@partitune/schema";
import type { Member } from "./fleet.ts";

/**
 * The service table of a tenant as arrays.
 *
 * @throws InputError when a batch size is missing, or a process is free before its batch is answered
 */
export function timesOf(tenant: FleetTenant): Pick<Member, "times" | "occupancy" | "ratios"> {
  const times = new Float64Array(tenant.batch + 1);
  const occupancy = new Float64Array(tenant.batch + 1);
  for (const { batch, serviceSeconds, occupancySeconds } of tenant.expected.batches) {
    if (occupancySeconds < serviceSeconds)
      throw bad(
        tenant,
        `frees the process before a batch of ${batch} is answered`,
        "give an occupancy of at least the service time",
      );
    if (batch > tenant.batch) continue;
    times[batch] = serviceSeconds;
    occupancy[batch] = occupancySeconds;
  }
  const missing = times.indexOf(0, 1);
  if (missing !== -1)
    throw bad(
      tenant,
      `has no batch of ${missing}`,
      `list every size from 1 to ${tenant.batch}, since a process takes what is waiting`,
    );
  const ratios = Float64Array.from(tenant.expected.ratios).sort();
  return { times, occupancy, ratios: ratios[0] === ratios.at(-1) ? ratios.subarray(0, 1) : ratios };
}

function bad({ id }: FleetTenant, problem: string, advice: string): InputError {
  return new InputError({ what: `expected times of tenant "${id}"`, problem, advice });
}
