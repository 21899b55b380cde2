import { closeSync, openSync, writeSync } from "node:fs";
import { type Random, seededRandom } from "@partitune/numerics";

/** Size of a generated trace. */
export interface KinetoTraceSize {
  /** It grows by whole steps until it has these bytes. */
  readonly bytes: number;
  readonly operationsPerStep: number;
}

/** What was written, to be compared with what is imported. */
export interface WrittenKinetoTrace {
  readonly bytes: number;
  readonly steps: number;
  readonly operations: number;
}

/** Names as long as those of real kernels. */
const names = Array.from(
  { length: 200 },
  (_, i) =>
    `void synthetic::native::elementwise_kernel<128, ${i}, synthetic::native::Functor<float, ${"float, ".repeat(i % 40)}${i}> >(int, synthetic::native::Functor<float, ${i}>)`,
);

/**
 * Writes a synthetic trace in the layout of Kineto: for each operation on the device its launch, three operations of the host (one with a call
 * stack) and the two ends of a flow. Same size, same bytes.
 */
export function writeKinetoTrace(path: string, { bytes, operationsPerStep }: KinetoTraceSize): WrittenKinetoTrace {
  const random = seededRandom("synthetic kineto trace");
  const file = openSync(path, "w");
  let written = writeSync(file, header);
  let steps = 0;
  try {
    while (written < bytes) {
      written += writeSync(file, stepText(steps, operationsPerStep, random));
      steps++;
    }
    written += writeSync(file, `  {"name": "end", "ph": "i", "ts": 0, "s": "g"}\n  ]\n}\n`);
  } finally {
    closeSync(file);
  }
  return { bytes: written, steps, operations: steps * operationsPerStep };
}

const header = `{
  "schemaVersion": 1,
  "deviceProperties": [
    {"id": 0, "name": "synthetic device", "numSms": 100}
  ],
  "displayTimeUnit": "ms",
  "baseTimeNanoseconds": 1700000000000000000,
  "traceEvents": [
`;

/** Each step begins 40 ms after the one before; operations follow one another with gaps of up to 20 µs. */
function stepText(step: number, operations: number, random: Random): string {
  const origin = 4e12 + step * operations * 40;
  const parts = [
    `  {
    "ph": "X", "cat": "user_annotation", "name": "ProfilerStep#${step}", "pid": 7, "tid": 7,
    "ts": ${origin.toFixed(3)}, "dur": ${(operations * 40 - 1).toFixed(3)}, "args": {"External id": 1}
  },
`,
  ];
  for (let i = 0; i < operations; i++) {
    const correlation = step * operations + i;
    const launch = origin + i * 39 + random.next();
    parts.push(operationText(correlation, launch, launch + 8 + 3 * random.next(), 5 + 25 * random.next(), i));
  }
  return parts.join("");
}

function operationText(correlation: number, launch: number, start: number, duration: number, position: number): string {
  const id = `"External id": ${correlation}`;
  const host = (name: string, more: string) => `  {
    "ph": "X", "cat": "cpu_op", "name": "${name}", "pid": 7, "tid": 7,
    "ts": ${(launch - 3).toFixed(3)}, "dur": 12.5,
    "args": {
      ${id}, "Ev Idx": ${correlation}, "Record function id": 0${more}
    }
  },
`;
  return `${host("aten::add", `, "Call stack": "${"synthetic/nn/module.py(1501): forward;".repeat(4)}"`)}${host("aten::to", "")}${host("aten::empty", `, "Input Dims": [[64, 3, 224, 224], []]`)}  {
    "ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 7, "tid": 7,
    "ts": ${launch.toFixed(3)}, "dur": 4.125,
    "args": {
      ${id}, "cbid": 211, "correlation": ${correlation}
    }
  },
  {
    "ph": "s", "id": ${correlation}, "pid": 7, "tid": 7, "ts": ${launch.toFixed(3)},
    "cat": "ac2g", "name": "ac2g"
  },
  {
    "ph": "X", "cat": "kernel", "name": "${names[position % names.length]}", "pid": 0, "tid": 7,
    "ts": ${start.toFixed(3)}, "dur": ${duration.toFixed(3)},
    "args": {
      ${id}, "queued": 0, "device": 0, "context": 1, "stream": 7, "correlation": ${correlation},
      "registers per thread": 32, "shared memory": 0, "blocks per SM": 4.740741, "warps per SM": 75.851852,
      "grid": [${1 + (position % 512)}, 1, 1], "block": [128, 1, 1], "est. achieved occupancy %": 100
    }
  },
  {
    "ph": "f", "id": ${correlation}, "pid": 0, "tid": 7, "ts": ${start.toFixed(3)},
    "cat": "ac2g", "name": "ac2g", "bp": "e"
  },
`;
}
