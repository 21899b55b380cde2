import type { KernelIdentity } from "@partitune/schema";
import type { DeviceOperations, StepWindow } from "./deviceOperations.ts";
import { openIdentityList } from "./identityList.ts";
import { nanosecondsOf, openMicrosecondClock } from "./microseconds.ts";
import { floatColumn, intColumn } from "./numberColumn.ts";
import type { OnnxRuntimeRecords } from "./onnxRuntimeRecords.ts";
import type { FileChunks } from "./readChunks.ts";
import { decodeString, fieldTable, scanObject } from "./scanJson.ts";
import { scanTraceEvents } from "./scanTraceEvents.ts";

const eventNames = ["cat", "name", "ts", "dur", "args"] as const;
const argumentNames = [
  "op_name",
  "node_index",
  "provider",
  "provider_type",
  ...["grid_x", "grid_y", "grid_z", "block_x", "block_y", "block_z"],
] as const;
const eventFields = fieldTable(eventNames);
const argumentFields = fieldTable(argumentNames);

/** Providers that return before the work is done. */
const launchesOnly = /^(?:CUDA|Tensorrt|NvTensorRTRTX|ROCM|MIGraphX|Dml|WebGpu|JS|CANN)ExecutionProvider$/i;

/** Reads runs, operators and kernels out of a profile, and nothing else. */
export async function collectOnnxRuntime({ chunks, damage }: FileChunks, marker: string): Promise<OnnxRuntimeRecords> {
  const clock = openMicrosecondClock();
  const identities = openIdentityList();
  const [nodes, kernels] = [openRows(), openRows()];
  const windows: StepWindow[] = [];
  const left = { fences: 0, unsound: 0 };
  const argumentSpans = new Int32Array(2 * argumentFields.count);
  let asynchronous: string | null = null;
  let launch = Number.NaN;

  const event = (bytes: Uint8Array, spans: Int32Array): void => {
    const category = valueAt(bytes, spans, 0);
    const name = valueAt(bytes, spans, 1);
    if (category !== "Session" && category !== "Node" && category !== "Kernel") return;
    if (category === "Session" && name !== marker) return;
    if (category === "Node" && /_fence_(?:before|after)$/.test(name)) {
      left.fences++;
      return;
    }
    const start = spans[4]! < 0 ? Number.NaN : clock.since(bytes, spans[4]!, spans[5]!);
    const duration = spans[6]! < 0 ? Number.NaN : nanosecondsOf(bytes, spans[6]!, spans[7]!);
    if (Number.isNaN(start) || !(duration >= 0)) left.unsound++;
    else if (category === "Session") windows.push({ start, end: start + Math.max(1, duration) });
    else {
      if (spans[8]! < 0 || bytes[spans[8]!] !== 0x7b) argumentSpans.fill(-1);
      else scanObject(bytes, spans[8]!, spans[9]!, argumentFields, argumentSpans);
      const given = argumentNames.map((_, i) => valueAt(bytes, argumentSpans, i));
      const provider = given[2] || given[3]!;
      if (category === "Node" && launchesOnly.test(provider)) asynchronous = provider;
      if (category === "Node") {
        launch = start; // kernels follow the node that launched them
        nodes.add(start, start + duration, start, identities.indexOf(nodeIdentity(name, given)));
      } else kernels.add(start, start + duration, launch, identities.indexOf(kernelIdentity(name, given)));
    }
  };
  const end = await scanTraceEvents(chunks, {
    fields: eventFields,
    keep: () => true,
    event,
    header: () => {},
    headers: [],
  });
  const ofGpu = kernels.size() > 0;
  return {
    operations: (ofGpu ? kernels : nodes).columns(),
    identities: identities.list,
    ofGpu,
    nodes: nodes.size(),
    asynchronous,
    windows: windows.sort((a, b) => a.start - b.start),
    left,
    end,
    damage: damage(),
  };
}

/** The engine adds this to the names of nodes; a node without a name has nothing before it. */
const suffix = /_?kernel_time$/;

function nodeIdentity(name: string, [operator = "", index = ""]: readonly string[]): KernelIdentity {
  const node = name.replace(suffix, "") || index;
  return { name: [operator, node].filter((part) => part !== "").join(" ") || "(no name)", grid: null, block: null };
}

function kernelIdentity(name: string, given: readonly string[]): KernelIdentity {
  const [x, y, z, blockX, blockY, blockZ] = given.slice(4).map((text) => (/^\d+$/.test(text) ? Number(text) : 0));
  const known = x! > 0 && blockX! > 0;
  return {
    name: name || "(no name)",
    grid: known ? [x!, Math.max(1, y!), Math.max(1, z!)] : null,
    block: known ? [blockX!, Math.max(1, blockY!), Math.max(1, blockZ!)] : null,
  };
}

/** One row after the other → columns. Equal times keep the order of the file, which a stream of its own for each row says. */
function openRows() {
  const [starts, ends, launches, streams] = [floatColumn(), floatColumn(), floatColumn(), floatColumn()];
  const identities = intColumn();
  let size = 0;
  return {
    size: () => size,
    add: (start: number, end: number, launch: number, identity: number): void => {
      starts.push(start);
      ends.push(end);
      launches.push(launch);
      streams.push(size++);
      identities.push(identity);
    },
    columns: (): DeviceOperations => ({
      starts: starts.values(),
      ends: ends.values(),
      launches: launches.values(),
      streams: streams.values(),
      identities: identities.values(),
    }),
  };
}

/** The value of a field as text, a string decoded; empty when it is missing. */
function valueAt(bytes: Uint8Array, spans: Int32Array, field: number): string {
  const [start, end] = [spans[2 * field]!, spans[2 * field + 1]!];
  if (start < 0) return "";
  if (bytes[start] === 0x22) return decodeString(bytes, start, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
