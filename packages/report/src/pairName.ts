import type { KernelSharing } from "@partitune/schema";

/** Who shares with whom. */
export function pairName({ high, low, scenario }: Pick<KernelSharing, "high" | "low" | "scenario">): string {
  return `${high} with ${low.map(({ task }) => task).join(" and ")} (${scenario})`;
}
