import { readKineto, recogniseKineto } from "./kineto.ts";

/** Kernel traces recorded by others. */
export const kernelImporters = {
  kineto: { recognise: recogniseKineto, read: readKineto },
} as const;

/** Name of a format of kernel traces. */
export type KernelFormat = keyof typeof kernelImporters;
