import { type NsysOperations, nsysKind } from "./nsysRecords.ts";

/**
 * Kernels of one call that ran directly one after another on a device are nodes of a graph: nothing else launches several kernels
 * with one call. Used where the file does not name graphs.
 */
export function markGraphs(operations: NsysOperations): NsysOperations {
  const { starts, devices, calls, kinds } = operations;
  const order = Array.from(starts.keys()).sort((a, b) => devices[a]! - devices[b]! || starts[a]! - starts[b]! || a - b);
  const marked = kinds.slice();
  for (let from = 0; from < order.length; ) {
    const first = order[from]!;
    let to = from + 1;
    const isSame = (row: number) => calls[row] === calls[first] && devices[row] === devices[first];
    while (to < order.length && isSame(order[to]!)) to++;
    const run = order.slice(from, to);
    if (run.filter((row) => kinds[row] === nsysKind.kernel).length > 1)
      for (const row of run) marked[row] = nsysKind.node;
    from = to;
  }
  return { ...operations, kinds: marked };
}
