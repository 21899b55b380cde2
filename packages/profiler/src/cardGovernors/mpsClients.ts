import type { Device } from "@partitune/schema";

/** Clients of a server from Volta on: NVIDIA's guide to MPS. */
const usualClients = 48;

/** Processes that may share a card through MPS at once. */
export function mpsClients({ partitionSchemes }: Pick<Device, "partitionSchemes">): number {
  const scheme = partitionSchemes.find(({ kind }) => kind === "mps-share");
  return scheme?.kind === "mps-share" ? scheme.clients : usualClients;
}
