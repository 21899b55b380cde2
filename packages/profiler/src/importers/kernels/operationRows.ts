import type { KernelIdentity } from "@partitune/schema";
import type { DeviceOperations } from "./deviceOperations.ts";
import { hashText } from "./fnv.ts";
import { identityKey } from "./identityKey.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";

/** When and where an operation ran, ns. */
export interface RanOperation {
  readonly start: number;
  readonly end: number;
  readonly stream: number;
}

/** Gathers the operations of one device. All that one launch of a graph ran becomes one operation. */
export interface OperationRows {
  readonly add: (operation: RanOperation, launch: number, identity: number) => void;
  /** An operation of a graph; the same key for all that one launch ran. */
  readonly addToGraph: (key: number, operation: RanOperation, launch: number, identity: KernelIdentity) => void;
  /** All of them as columns, graphs from their first start to their last end. Called once. */
  readonly columns: (indexOf: (identity: KernelIdentity) => number) => DeviceOperations;
  /** Launches of graphs, and the operations they consist of. */
  readonly graphs: () => { readonly launches: number; readonly operations: number };
}

/** A launched graph while its operations are gathered. */
interface Graph {
  start: number;
  end: number;
  stream: number;
  launch: number;
  operations: number;
  digest: number;
}

/** Idle times inside a graph cannot be filled by anybody who sees launches, so a graph is one operation. */
export function openOperationRows(): OperationRows {
  const [starts, ends, launches, streams] = [floatColumn(), floatColumn(), floatColumn(), floatColumn()];
  const identities = intColumn();
  const graphs = new Map<number, Graph>();
  const add = ({ start, end, stream }: RanOperation, launch: number, identity: number): void => {
    starts.push(start);
    ends.push(end);
    launches.push(launch);
    streams.push(stream);
    identities.push(identity);
  };
  return {
    add,
    addToGraph: (key, operation, launch, identity) => {
      const digest = hashText(identityKey(identity));
      const graph = graphs.get(key);
      if (graph === undefined) graphs.set(key, { ...operation, launch, operations: 1, digest });
      else extend(graph, operation, launch, digest);
    },
    columns: (indexOf) => {
      for (const graph of graphs.values())
        add(graph, graph.launch, indexOf({ name: graphName(graph), grid: null, block: null }));
      return {
        starts: starts.values(),
        ends: ends.values(),
        launches: launches.values(),
        streams: streams.values(),
        identities: identities.values(),
      };
    },
    graphs: () => ({
      launches: graphs.size,
      operations: [...graphs.values()].reduce((sum, { operations }) => sum + operations, 0),
    }),
  };
}

function extend(graph: Graph, { start, end, stream }: RanOperation, launch: number, digest: number): void {
  graph.start = Math.min(graph.start, start);
  graph.end = Math.max(graph.end, end);
  graph.stream = Math.min(graph.stream, stream);
  graph.launch = Math.min(graph.launch, launch);
  graph.operations++;
  graph.digest = (graph.digest + digest) >>> 0;
}

/** The digest does not depend on the order in which the graph's branches ran. */
function graphName({ operations, digest }: Graph): string {
  return `graph of ${operations} operation${operations === 1 ? "" : "s"} (${digest.toString(16).padStart(8, "0")})`;
}
