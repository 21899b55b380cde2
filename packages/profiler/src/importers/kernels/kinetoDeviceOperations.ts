import type { DeviceOperations } from "./deviceOperations.ts";
import { hashText } from "./fnv.ts";
import { identityKey } from "./identityKey.ts";
import type { IdentityTable } from "./kinetoIdentities.ts";
import type { KinetoRecords } from "./kinetoRecords.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";

/** Operations of one device of a Kineto trace. */
export interface KinetoDeviceOperations {
  readonly operations: DeviceOperations;
  /** Launches of graphs, and the operations they consist of, each launch being one operation here. */
  readonly graphs: { readonly launches: number; readonly operations: number };
  /** Operations that share their launch with an earlier one although it launched no graph. */
  readonly sharingLaunch: number;
}

/** A launched graph while its operations are gathered. */
interface Graph {
  start: number;
  end: number;
  stream: number;
  operations: number;
  digest: number;
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
  const graphs = new Map<number, Graph>();
  const launched = new Set<number>();
  const rows = openRows();
  let sharingLaunch = 0;
  for (let row = 0; row < launchOf.length; row++) {
    if (all.devices[row] !== device) continue;
    const launch = launchOf[row]!;
    const identity = identities.ofOperation(row, launch);
    const start = all.starts[row]!;
    const end = start + all.durations[row]!;
    if (launch >= 0 && (all.ofGraph[row] === 1 || graphCall(launch))) {
      const digest = hashText(identityKey(identities.list[identity]!));
      addToGraph(graphs, launch, { start, end, stream: all.streams[row]!, operations: 1, digest });
      continue;
    }
    if (launch >= 0 && launched.has(launch)) sharingLaunch++;
    launched.add(launch);
    rows.add(start, end, launch < 0 ? Number.NaN : launches.starts[launch]!, all.streams[row]!, identity);
  }
  for (const [launch, { start, end, stream, ...graph }] of graphs) {
    const identity = identities.indexOf({ name: graphName(graph), grid: null, block: null });
    rows.add(start, end, launches.starts[launch]!, stream, identity);
  }
  return {
    operations: rows.columns(),
    graphs: {
      launches: graphs.size,
      operations: [...graphs.values()].reduce((sum, graph) => sum + graph.operations, 0),
    },
    sharingLaunch,
  };
}

/** The digest does not depend on the order in which the graph's branches ran. */
function graphName({ operations, digest }: Pick<Graph, "operations" | "digest">): string {
  return `graph of ${operations} operation${operations === 1 ? "" : "s"} (${digest.toString(16).padStart(8, "0")})`;
}

function addToGraph(graphs: Map<number, Graph>, launch: number, node: Graph): void {
  const graph = graphs.get(launch);
  if (graph === undefined) {
    graphs.set(launch, node);
    return;
  }
  graph.start = Math.min(graph.start, node.start);
  graph.end = Math.max(graph.end, node.end);
  graph.stream = Math.min(graph.stream, node.stream);
  graph.operations++;
  graph.digest = (graph.digest + node.digest) >>> 0;
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

/** One row after the other → columns. */
function openRows() {
  const [starts, ends, launches, streams] = Array.from({ length: 4 }, floatColumn);
  const identities = intColumn();
  return {
    add: (start: number, end: number, launch: number, stream: number, identity: number): void => {
      starts!.push(start);
      ends!.push(end);
      launches!.push(launch);
      streams!.push(stream);
      identities.push(identity);
    },
    columns: (): DeviceOperations => ({
      starts: starts!.values(),
      ends: ends!.values(),
      launches: launches!.values(),
      streams: streams!.values(),
      identities: identities.values(),
    }),
  };
}
