import type { DeviceOperations } from "./deviceOperations.ts";
import type { IdentityTable } from "./kinetoIdentities.ts";
import type { KinetoRecords } from "./kinetoRecords.ts";
import { openOperationRows } from "./operationRows.ts";

/** Operations of one device of a Kineto trace. */
export interface KinetoDeviceOperations {
  readonly operations: DeviceOperations;
  /** Launches of graphs, and the operations they consist of, each launch being one operation here. */
  readonly graphs: { readonly launches: number; readonly operations: number };
  /** Operations that share their launch with an earlier one although it launched no graph. */
  readonly sharingLaunch: number;
}

const launchesGraph = /graph_?launch/i;

/**
 * The operations of one device. All that one launch of a graph ran is one operation, from the first start to the last end: the
 * idle times inside cannot be filled by anybody who sees launches.
 */
export function kinetoDeviceOperations(
  records: KinetoRecords,
  device: number,
  launchOf: Int32Array,
  identities: IdentityTable,
): KinetoDeviceOperations {
  const { operations: all, launches } = records;
  const graphCall = launchNames(records);
  const launched = new Set<number>();
  const rows = openOperationRows();
  let sharingLaunch = 0;
  for (let row = 0; row < launchOf.length; row++) {
    if (all.devices[row] !== device) continue;
    const launch = launchOf[row]!;
    const launchStart = launch < 0 ? Number.NaN : launches.starts[launch]!;
    const identity = identities.ofOperation(row, launch);
    const start = all.starts[row]!;
    const operation = { start, end: start + all.durations[row]!, stream: all.streams[row]! };
    if (launch >= 0 && (all.ofGraph[row] === 1 || graphCall(launch))) {
      rows.addToGraph(launch, operation, launchStart, identities.list[identity]!);
      continue;
    }
    if (launch >= 0 && launched.has(launch)) sharingLaunch++;
    launched.add(launch);
    rows.add(operation, launchStart, identity);
  }
  return { operations: rows.columns(identities.indexOf), graphs: rows.graphs(), sharingLaunch };
}

function launchNames({ launches, textOf }: KinetoRecords): (launch: number) => boolean {
  const known = new Map<number, boolean>();
  return (launch) => {
    const name = launches.names[launch]!;
    let answer = known.get(name);
    if (answer === undefined) {
      answer = name >= 0 && launchesGraph.test(textOf(name));
      known.set(name, answer);
    }
    return answer;
  };
}
