import type { Optimality } from "@partitune/schema";
import type { Unservable } from "./packing/layout.ts";
import type { FleetLayout } from "./toFleetPlan.ts";

/** An answer to where services should run. */
export type FleetPacking =
  | { readonly status: "packed"; readonly layouts: readonly FleetLayout[]; readonly optimality: Optimality }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] }
  /** No layout does it; `reason` says what stands in the way. */
  | { readonly status: "infeasible"; readonly reason: string }
  /** None was found, and none is ruled out. */
  | { readonly status: "unknown"; readonly reason: string };
