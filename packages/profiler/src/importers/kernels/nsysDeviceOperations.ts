import type { KernelIdentity } from "@partitune/schema";
import type { DeviceOperations } from "./deviceOperations.ts";
import { openIdentityList } from "./identityList.ts";
import { type NsysRecords, nsysKind } from "./nsysRecords.ts";
import { openOperationRows } from "./operationRows.ts";

/** Operations of one device of an Nsight Systems recording. */
export interface NsysDeviceOperations {
  readonly operations: DeviceOperations;
  readonly identities: readonly KernelIdentity[];
  /** Launches of graphs whose operations were recorded, and these operations, each launch being one operation here. */
  readonly graphs: { readonly launches: number; readonly operations: number };
  /** Launches of graphs that were recorded as a whole. */
  readonly wholeGraphs: number;
  /** Operations that share their launch with an earlier one although it launched no graph. */
  readonly sharingLaunch: number;
  readonly processes: ReadonlySet<number>;
}

/** The operations of one device. Where launches are not known, the start of an operation stands for its launch. */
export function nsysDeviceOperations(records: NsysRecords, device: number): NsysDeviceOperations {
  const { operations: all, launchesKnown } = records;
  const identities = openIdentityList(records.identities);
  const rows = openOperationRows();
  const processes = new Set<number>();
  const calls = new Set<number>();
  let wholeGraphs = 0;
  let sharingLaunch = 0;
  for (let row = 0; row < all.starts.length; row++) {
    if (all.devices[row] !== device) continue;
    const [start, call, kind] = [all.starts[row]!, all.calls[row]!, all.kinds[row]!];
    const operation = { start, end: all.ends[row]!, stream: all.streams[row]! };
    const launch = launchesKnown ? all.launches[row]! : start;
    processes.add(all.processes[row]!);
    if (kind === nsysKind.graph) wholeGraphs++;
    if (kind === nsysKind.node && !Number.isNaN(call)) {
      rows.addToGraph(call, operation, launch, identities.list[all.identities[row]!]!);
      continue;
    }
    if (calls.has(call)) sharingLaunch++;
    if (!Number.isNaN(call)) calls.add(call);
    rows.add(operation, launch, all.identities[row]!);
  }
  const operations = rows.columns(identities.indexOf);
  return {
    operations,
    identities: identities.list,
    graphs: rows.graphs(),
    wholeGraphs,
    sharingLaunch,
    processes,
  };
}
