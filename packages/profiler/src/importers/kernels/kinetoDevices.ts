import type { KinetoDevice } from "./kinetoRecords.ts";
import type { MultiprocessorLimits } from "./multiprocessorsNeeded.ts";

/** The value of `deviceProperties` → devices; none when it says nothing of them. */
export function kinetoDevices(json: string): readonly KinetoDevice[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, position) => {
    if (typeof entry !== "object" || entry === null) return [];
    const properties = entry as Readonly<Record<string, unknown>>;
    const { id, name, numSms } = properties;
    return {
      id: typeof id === "number" ? id : position,
      name: typeof name === "string" && name !== "" ? name : null,
      multiprocessors: typeof numSms === "number" && Number.isInteger(numSms) && numSms > 0 ? numSms : null,
      limits: limitsOf(properties),
    };
  });
}

/** Of warps of 32 threads alone: other devices divide their multiprocessors differently. */
function limitsOf(properties: Readonly<Record<string, unknown>>): MultiprocessorLimits | null {
  const [threads, registers, sharedMemoryBytes, major, minor, warp] = [
    "maxThreadsPerMultiprocessor",
    "regsPerMultiprocessor",
    "sharedMemPerMultiprocessor",
    "computeMajor",
    "computeMinor",
    "warpSize",
  ].map((key) => (Number.isSafeInteger(properties[key]) ? (properties[key] as number) : Number.NaN));
  if (!(threads! > 0 && registers! > 0 && sharedMemoryBytes! > 0 && major! > 0 && minor! >= 0 && warp === 32))
    return null;
  return {
    threads: threads!,
    registers: registers!,
    sharedMemoryBytes: sharedMemoryBytes!,
    computeCapability: [major!, minor!],
  };
}
