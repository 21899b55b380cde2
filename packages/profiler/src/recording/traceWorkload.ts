import { availableParallelism } from "node:os";
import type { KernelTrace, Made, Workload } from "@partitune/schema";
import { recordCudaKernels } from "../recordCudaKernels.ts";
import { recordKernels } from "../recordKernels.ts";

/** Steps before those of a trace: engines choose their kernels in them. */
const warmup = 3;

/** What a trace consists of. */
export interface TraceOptions {
  /** Batches in it, at least 1. */
  readonly steps: number;
  readonly made: Made;
  /** The card, by its number or UUID, where there are several. */
  readonly card?: string;
}

/**
 * Records the operations of a workload's smallest batch, one by one: on a card the kernels that PyTorch launches, on a processor the operators of an ONNX
 * network.
 *
 * @returns null when its engine tells nothing of its operations
 */
export function traceWorkload(workload: Workload, { steps, made, card }: TraceOptions): Promise<KernelTrace> | null {
  const { engine, batches } = workload;
  const batch = Math.min(...batches);
  switch (engine.engine) {
    case "onnx":
      return recordKernels(engine.model, {
        ...{ steps, warmup, batch, made, threads: availableParallelism() },
        ...(engine.shapes === undefined ? {} : { shapes: engine.shapes }),
      }).then((trace) => ({ ...trace, task: workload.name }));
    case "pytorch":
      return recordCudaKernels(workload, {
        steps,
        warmup,
        batch,
        made,
        ...(card === undefined ? {} : { environment: cardOf(card) }),
      });
    default:
      return null;
  }
}

/** Cards in the order in which the driver numbers them; CUDA's own order is by speed. */
function cardOf(card: string): Readonly<Record<string, string>> {
  return { CUDA_DEVICE_ORDER: "PCI_BUS_ID", CUDA_VISIBLE_DEVICES: card };
}
