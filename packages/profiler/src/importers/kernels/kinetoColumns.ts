import { argumentField, eventField, numberAt } from "./kinetoFields.ts";
import { type KinetoRecords, sharedMemoryUnits } from "./kinetoRecords.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";
import type { TextInterner } from "./textInterner.ts";

/** An event and its arguments, by the spans of their fields (`scanObject`), and its start. */
export interface ScannedEvent {
  readonly bytes: Uint8Array;
  readonly spans: Int32Array;
  readonly argumentSpans: Int32Array;
  readonly start: number;
}

/** Executions on devices, one by one → columns. */
export function openOperationColumns(texts: TextInterner) {
  const [starts, durations, devices, streams, correlations] = Array.from({ length: 5 }, floatColumn);
  const [names, grids, blocks, onMemory, ofGraph, resources] = Array.from({ length: 6 }, intColumn);
  return {
    add: ({ bytes, spans, argumentSpans, start }: ScannedEvent, duration: number, isOnMemory: boolean): void => {
      const { correlation, device, stream, grid, block, graphId, graphNode } = argumentField;
      const owner = numberAt(bytes, argumentSpans, device);
      const process = Number.isNaN(owner) ? numberAt(bytes, spans, eventField.pid) : owner;
      starts!.push(start);
      durations!.push(duration);
      devices!.push(Number.isNaN(process) ? 0 : process);
      streams!.push(numberAt(bytes, argumentSpans, stream) || 0);
      correlations!.push(numberAt(bytes, argumentSpans, correlation));
      names!.push(textAt(texts, bytes, spans, eventField.name));
      grids!.push(isOnMemory ? -1 : textAt(texts, bytes, argumentSpans, grid));
      blocks!.push(isOnMemory ? -1 : textAt(texts, bytes, argumentSpans, block));
      onMemory!.push(isOnMemory ? 1 : 0);
      const inGraph = numberAt(bytes, argumentSpans, graphId) > 0 || numberAt(bytes, argumentSpans, graphNode) > 0;
      ofGraph!.push(inGraph ? 1 : 0);
      resources!.push(isOnMemory ? -1 : packedResources(bytes, argumentSpans));
    },
    values: (): KinetoRecords["operations"] => ({
      starts: starts!.values(),
      durations: durations!.values(),
      devices: devices!.values(),
      streams: streams!.values(),
      correlations: correlations!.values(),
      names: names!.values(),
      grids: grids!.values(),
      blocks: blocks!.values(),
      onMemory: onMemory!.values(),
      ofGraph: ofGraph!.values(),
      resources: resources!.values(),
    }),
  };
}

/** Calls of the host that have a correlation, one by one → columns. */
export function openLaunchColumns(texts: TextInterner) {
  const [starts, correlations] = Array.from({ length: 2 }, floatColumn);
  const [names, grids, blocks] = Array.from({ length: 3 }, intColumn);
  return {
    add: ({ bytes, spans, argumentSpans, start }: ScannedEvent): void => {
      const correlation = numberAt(bytes, argumentSpans, argumentField.correlation);
      if (Number.isNaN(correlation)) return;
      starts!.push(start);
      correlations!.push(correlation);
      names!.push(textAt(texts, bytes, spans, eventField.name));
      grids!.push(textAt(texts, bytes, argumentSpans, argumentField.grid));
      blocks!.push(textAt(texts, bytes, argumentSpans, argumentField.block));
    },
    values: (): KinetoRecords["launches"] => ({
      starts: starts!.values(),
      correlations: correlations!.values(),
      names: names!.values(),
      grids: grids!.values(),
      blocks: blocks!.values(),
    }),
  };
}

/** Registers of a thread and shared memory of a block in one number; −1 when the trace does not say, or says what no GPU has. */
function packedResources(bytes: Uint8Array, spans: Int32Array): number {
  const registers = numberAt(bytes, spans, argumentField.registers);
  const sharedMemory = numberAt(bytes, spans, argumentField.sharedMemory);
  const sound = registers >= 1 && registers < 2 ** 12 && sharedMemory >= 0 && sharedMemory < sharedMemoryUnits;
  return sound ? Math.floor(registers) * sharedMemoryUnits + Math.floor(sharedMemory) : -1;
}

/** The number of a field's text; −1 when the field is absent. */
function textAt(texts: TextInterner, bytes: Uint8Array, spans: Int32Array, field: number): number {
  return spans[2 * field]! < 0 ? -1 : texts.idOf(bytes, spans[2 * field]!, spans[2 * field + 1]!);
}
