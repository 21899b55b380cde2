import type { Demand } from "@partitune/schema";

/** The name of the service that a demand states: that of its workload, where it gives none. */
export function serviceName({ service, workload }: Pick<Demand, "service" | "workload">): string {
  return service ?? workload;
}
