import { readKineto, recogniseKineto } from "./kineto.ts";
import { readNsysCsv, recogniseNsysCsv } from "./nsysCsv.ts";
import { readNsysSqlite, recogniseNsysSqlite } from "./nsysSqlite.ts";
import { readOnnxRuntime, recogniseOnnxRuntime } from "./onnxruntime.ts";
import { readOrion, recogniseOrion } from "./orion.ts";
import { readReef, recogniseReef } from "./reef.ts";

/** Kernel traces recorded by others. */
export const kernelImporters = {
  "nsys-csv": { recognise: recogniseNsysCsv, read: readNsysCsv },
  "nsys-sqlite": { recognise: recogniseNsysSqlite, read: readNsysSqlite },
  onnxruntime: { recognise: recogniseOnnxRuntime, read: readOnnxRuntime },
  orion: { recognise: recogniseOrion, read: readOrion },
  reef: { recognise: recogniseReef, read: readReef },
  kineto: { recognise: recogniseKineto, read: readKineto },
} as const;

/** Name of a format of kernel traces. */
export type KernelFormat = keyof typeof kernelImporters;
