import type { NsysOperations } from "./nsysRecords.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";

/** One operation of an Nsight Systems recording; see `NsysOperations`. */
export interface NsysOperation {
  readonly start: number;
  readonly end: number;
  readonly launch: number;
  readonly device: number;
  readonly stream: number;
  readonly call: number;
  readonly process: number;
  readonly identity: number;
  readonly kind: number;
}

/** One row after the other → columns. */
export function openNsysOperationColumns() {
  const [starts, ends, launches, devices] = [floatColumn(), floatColumn(), floatColumn(), floatColumn()];
  const [streams, calls, processes] = [floatColumn(), floatColumn(), floatColumn()];
  const [identities, kinds] = [intColumn(), intColumn()];
  return {
    add: (row: NsysOperation): void => {
      starts.push(row.start);
      ends.push(row.end);
      launches.push(row.launch);
      devices.push(row.device);
      streams.push(row.stream);
      calls.push(row.call);
      processes.push(row.process);
      identities.push(row.identity);
      kinds.push(row.kind);
    },
    columns: (): NsysOperations => ({
      starts: starts.values(),
      ends: ends.values(),
      launches: launches.values(),
      devices: devices.values(),
      streams: streams.values(),
      calls: calls.values(),
      processes: processes.values(),
      identities: identities.values(),
      kinds: kinds.values(),
    }),
  };
}
