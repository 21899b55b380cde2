import { canonicalJson, type FleetPlan } from "@partitune/schema";
import { digest } from "../../planId.ts";

/** Tells one version of a plan's deployment from another: what runs where, and what that is. */
export function planDigest({ gpus, services, workloads }: FleetPlan): string {
  return digest(canonicalJson({ gpus, services, workloads }));
}
