import { availableParallelism } from "node:os";
import type { KernelTrace, Made, Workload } from "@partitune/schema";
import { recordKernels } from "../recordKernels.ts";

/** Steps before those of a trace: engines choose their kernels in them. */
const warmup = 3;

/**
 * Records the operations of a workload's smallest batch, one by one: on a card the kernels that PyTorch launches, on a processor the operators of an ONNX
 * network.
 *
 * @param steps  batches in the trace, at least 1
 * @returns null when its engine tells nothing of its operations
 */
export function traceWorkload({ engine, batches }: Workload, steps: number, made: Made): Promise<KernelTrace> | null {
  const batch = Math.min(...batches);
  switch (engine.engine) {
    case "onnx":
      return recordKernels(engine.model, {
        ...{ steps, warmup, batch, made, threads: availableParallelism() },
        ...(engine.shapes === undefined ? {} : { shapes: engine.shapes }),
      });
    default:
      return null;
  }
}
