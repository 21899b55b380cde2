import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import koffi, { type LibraryHandle } from "koffi";
import { libraryCandidates } from "./findLibrary.ts";
import { nvmlCode } from "./nvmlErrors.ts";

/** What NVML identifies a card or a MIG device by: a pointer of its own. */
export type NvmlHandle = bigint;

/** What is given to a function of NVML: memory that it reads or writes, numbers, a handle. */
export type NvmlArgument = Uint8Array | number | bigint;

/** Parameters of NVML's functions. `out` is a pointer to memory of ours. */
type Parameter = "out" | "handle" | "unsigned" | "int";

/** The functions in use, in the newest form first; older ones take the same parameters. Source: the public header. */
const functions = {
  init: [["nvmlInit_v2", "nvmlInit"], []],
  shutdown: [["nvmlShutdown"], []],
  driverVersion: [["nvmlSystemGetDriverVersion"], ["out", "unsigned"]],
  nvmlVersion: [["nvmlSystemGetNVMLVersion"], ["out", "unsigned"]],
  cudaVersion: [["nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"], ["out"]],
  count: [["nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"], ["out"]],
  byIndex: [
    ["nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"],
    ["unsigned", "out"],
  ],
  uuid: [["nvmlDeviceGetUUID"], ["handle", "out", "unsigned"]],
  name: [["nvmlDeviceGetName"], ["handle", "out", "unsigned"]],
  pci: [["nvmlDeviceGetPciInfo_v3"], ["handle", "out"]],
  capability: [["nvmlDeviceGetCudaComputeCapability"], ["handle", "out", "out"]],
  cores: [["nvmlDeviceGetNumGpuCores"], ["handle", "out"]],
  persistence: [["nvmlDeviceGetPersistenceMode"], ["handle", "out"]],
  ecc: [["nvmlDeviceGetEccMode"], ["handle", "out", "out"]],
  computeMode: [["nvmlDeviceGetComputeMode"], ["handle", "out"]],
  migMode: [["nvmlDeviceGetMigMode"], ["handle", "out", "out"]],
  memory: [["nvmlDeviceGetMemoryInfo"], ["handle", "out"]],
  memory2: [["nvmlDeviceGetMemoryInfo_v2"], ["handle", "out"]],
  power: [["nvmlDeviceGetPowerUsage"], ["handle", "out"]],
  energy: [["nvmlDeviceGetTotalEnergyConsumption"], ["handle", "out"]],
  fields: [["nvmlDeviceGetFieldValues"], ["handle", "int", "out"]],
  clock: [["nvmlDeviceGetClockInfo"], ["handle", "int", "out"]],
  temperature: [["nvmlDeviceGetTemperature"], ["handle", "int", "out"]],
  temperature2: [["nvmlDeviceGetTemperatureV"], ["handle", "out"]],
  utilization: [["nvmlDeviceGetUtilizationRates"], ["handle", "out"]],
  reasons: [
    ["nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"],
    ["handle", "out"],
  ],
  violation: [["nvmlDeviceGetViolationStatus"], ["handle", "int", "out"]],
  limit: [["nvmlDeviceGetPowerManagementLimit"], ["handle", "out"]],
  defaultLimit: [["nvmlDeviceGetPowerManagementDefaultLimit"], ["handle", "out"]],
  enforcedLimit: [["nvmlDeviceGetEnforcedPowerLimit"], ["handle", "out"]],
  limits: [["nvmlDeviceGetPowerManagementLimitConstraints"], ["handle", "out", "out"]],
  memoryClocks: [["nvmlDeviceGetSupportedMemoryClocks"], ["handle", "out", "out"]],
  gpuClocks: [["nvmlDeviceGetSupportedGraphicsClocks"], ["handle", "unsigned", "out", "out"]],
  setLimit: [["nvmlDeviceSetPowerManagementLimit"], ["handle", "unsigned"]],
  lockGpu: [["nvmlDeviceSetGpuLockedClocks"], ["handle", "unsigned", "unsigned"]],
  unlockGpu: [["nvmlDeviceResetGpuLockedClocks"], ["handle"]],
  lockMemory: [["nvmlDeviceSetMemoryLockedClocks"], ["handle", "unsigned", "unsigned"]],
  unlockMemory: [["nvmlDeviceResetMemoryLockedClocks"], ["handle"]],
  computeProcesses: [
    ["nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"],
    ["handle", "out", "out"],
  ],
  graphicsProcesses: [
    ["nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v2"],
    ["handle", "out", "out"],
  ],
  mpsProcesses: [
    ["nvmlDeviceGetMPSComputeRunningProcesses_v3", "nvmlDeviceGetMPSComputeRunningProcesses_v2"],
    ["handle", "out", "out"],
  ],
  oldComputeProcesses: [["nvmlDeviceGetComputeRunningProcesses"], ["handle", "out", "out"]],
  oldGraphicsProcesses: [["nvmlDeviceGetGraphicsRunningProcesses"], ["handle", "out", "out"]],
  oldMpsProcesses: [["nvmlDeviceGetMPSComputeRunningProcesses"], ["handle", "out", "out"]],
  migCount: [["nvmlDeviceGetMaxMigDeviceCount"], ["handle", "out"]],
  migByIndex: [["nvmlDeviceGetMigDeviceHandleByIndex"], ["handle", "unsigned", "out"]],
  gpuInstanceId: [["nvmlDeviceGetGpuInstanceId"], ["handle", "out"]],
  gpuInstanceById: [["nvmlDeviceGetGpuInstanceById"], ["handle", "unsigned", "out"]],
  gpuInstanceInfo: [["nvmlGpuInstanceGetInfo"], ["handle", "out"]],
  attributes: [["nvmlDeviceGetAttributes_v2"], ["handle", "out"]],
} as const satisfies Record<string, readonly [symbols: readonly string[], parameters: readonly Parameter[]]>;

export type NvmlFunction = keyof typeof functions;

const types: Readonly<Record<Parameter, string>> = {
  out: "void *",
  handle: "uintptr_t",
  unsigned: "unsigned int",
  int: "int",
};

/** NVML as it was loaded: each function answers a return code; one that the library lacks answers "function not found". */
export interface NvmlLibrary {
  readonly path: string;
  call(name: NvmlFunction, ...values: readonly NvmlArgument[]): number;
}

/** Why a library was not loaded. */
export interface NotLoaded {
  readonly reason: string;
  /** Whether there was a file of this name: then something is wrong with it or with what it needs. */
  readonly found: boolean;
}

/**
 * Loads the library of the NVIDIA driver.
 *
 * @param library  its path; by default the usual places
 */
export function loadNvml(library?: string): NvmlLibrary | NotLoaded {
  const reasons: NotLoaded[] = [];
  for (const path of libraryCandidates(library)) {
    try {
      return bind(path, koffi.load(path));
    } catch (error) {
      reasons.push(whyNot(path, error));
    }
  }
  return reasons.find(({ found }) => found) ?? reasons[0]!;
}

function whyNot(path: string, error: unknown): NotLoaded {
  const text = (error instanceof Error ? error.message : String(error)).replace(/^Failed to load shared library: /, "");
  const missing = isAbsolute(path) ? !existsSync(path) : /No such file or directory/.test(text);
  return { reason: missing ? `${path} was not found` : `${path} cannot be loaded: ${text}`, found: !missing };
}

function bind(path: string, library: LibraryHandle): NvmlLibrary {
  const bound = new Map<NvmlFunction, ((...values: readonly NvmlArgument[]) => number) | undefined>();
  const find = (name: NvmlFunction) => {
    if (!bound.has(name)) bound.set(name, bindFunction(library, name));
    return bound.get(name);
  };
  if (find("init") === undefined) throw new Error("it has no function nvmlInit");
  return {
    path,
    call: (name, ...values) => find(name)?.(...values) ?? nvmlCode.functionNotFound,
  };
}

function bindFunction(
  library: LibraryHandle,
  name: NvmlFunction,
): ((...values: readonly NvmlArgument[]) => number) | undefined {
  const [symbols, parameters] = functions[name];
  for (const symbol of symbols) {
    try {
      return library.func(
        symbol,
        "int",
        parameters.map((parameter) => types[parameter]),
      );
    } catch {
      // An older library: the next older symbol, or none.
    }
  }
  return undefined;
}
