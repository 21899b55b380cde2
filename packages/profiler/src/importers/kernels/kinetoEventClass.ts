/** What an event is to us. */
export type KinetoEventClass = "ignored" | "kernel" | "memory" | "launch" | "annotation" | "operator";

/** Categories of all generations, in small letters; those of 2021 were written with capitals. */
const classes: ReadonlyMap<string, KinetoEventClass> = new Map([
  ["kernel", "kernel"],
  ["concurrent_kernel", "kernel"],
  ["gpu_memcpy", "memory"],
  ["gpu_memset", "memory"],
  ["memcpy", "memory"],
  ["memset", "memory"],
  ["user_annotation", "annotation"],
  ["operator", "operator"],
  ["cpu_op", "operator"],
]);

/** Calls of the host: cuda_runtime, cuda_driver, Runtime, and those of other vendors. */
const launching = /(?:^|_)(?:runtime|driver)$/;

/** The class of an event by its category. Annotations on the device's own lines are no work: their writer widens them. */
export function kinetoEventClass(category: string): KinetoEventClass {
  const lower = category.toLowerCase();
  return classes.get(lower) ?? (launching.test(lower) ? "launch" : "ignored");
}
