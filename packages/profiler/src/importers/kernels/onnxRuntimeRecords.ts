import type { KernelIdentity } from "@partitune/schema";
import type { DeviceOperations, StepWindow } from "./deviceOperations.ts";
import type { ScanEnd } from "./scanTraceEvents.ts";

/** What a profile of ONNX Runtime holds, times in whole ns since the first of them. */
export interface OnnxRuntimeRecords {
  /** Kernels of a GPU where there are any, else operators. Streams count in the order of the file. */
  readonly operations: DeviceOperations;
  readonly identities: readonly KernelIdentity[];
  /** Whether the operations are kernels of a GPU. */
  readonly ofGpu: boolean;
  /** Operators, whether they are the operations or not. */
  readonly nodes: number;
  /** A provider that only launches its operators; null when there is none. */
  readonly asynchronous: string | null;
  /** Runs in the order of their starts. */
  readonly windows: readonly StepWindow[];
  readonly left: { readonly fences: number; readonly unsound: number };
  readonly end: ScanEnd;
  /** What stopped the unpacking before the end; null when nothing did. */
  readonly damage: string | null;
}
