import { type FleetPlan, type FleetTenant, InputError } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { engineCommand } from "../../launch.ts";

/** A card does the work: one thread of the processor feeds it, unless the workload's own environment says otherwise. */
export const cardHostThreads = 1;

/** What a tenant's workload is started with, as words of a command; or why there is nothing, in words that follow the workload. */
export interface TenantCommand {
  readonly words: readonly string[];
  readonly refusal: string;
}

/**
 * The command of a tenant's workload, which runs on the card. A workload without one can still be deployed, with a command that the operator gives.
 */
export function tenantCommand(
  { services, workloads }: FleetPlan,
  tenant: FleetTenant,
  { home }: EmitOptions,
): TenantCommand {
  const { workload: name } = services.find((service) => service.name === tenant.service)!;
  const workload = workloads.find((each) => each.name === name)!;
  if (workload.engine.engine === "onnx" && workload.engine.provider === "cpu")
    return { words: ["false"], refusal: 'asks for the provider "cpu" of ONNX Runtime, which leaves the card alone' };
  try {
    const { argv, environment } = engineCommand(workload, { threads: cardHostThreads, home, accelerator: "cuda" });
    const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
    return { words: ["env", ...variables, ...argv], refusal: "" };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { words: ["false"], refusal: error.details.problem };
  }
}
