import type { Hertz, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import type { CardFacts, CardSettings, CardViolations } from "./card.ts";
import { textIn } from "./cleanText.ts";
import { multiprocessorsOf } from "./multiprocessorsOf.ts";
import { bytesOf, type Got, get, getList, getNumber, getPair, getText, type NvmlDevice } from "./nvmlCalls.ts";
import { nvmlCode, nvmlWords } from "./nvmlErrors.ts";

/** What stands for each null while a record is put together. */
type Notes = Record<string, string>;

/** The value, or null after its reason was noted. */
export function noted<T>(unread: Notes, name: string, got: Got<T>): T | null {
  if (got.value === null) unread[name] = (got as { readonly reason: string }).reason;
  return got.value;
}

/**
 * What a card is, by NVML.
 *
 * @throws CardLost
 */
export function readFacts(device: NvmlDevice): CardFacts {
  const unread: Notes = {};
  const note = <T>(name: string, got: Got<T>) => noted(unread, name, got);
  const computeCapability = note("computeCapability", readCapability(device));
  return {
    uuid: note("uuid", getText(device, "uuid")) ?? "",
    bus: note("bus", readBus(device)) ?? "",
    name: note("name", getText(device, "name")) ?? "NVIDIA card",
    memoryBytes: note("memoryBytes", readMemory(device, "total")) ?? 0,
    multiprocessors: note("multiprocessors", readMultiprocessors(device, computeCapability)),
    computeCapability,
    migEnabled: note("migEnabled", readMig(device)),
    persistence: note("persistence", flag(getNumber(device, "persistence"))),
    ecc: note("ecc", flag(firstOf(getPair(device, "ecc")))),
    computeMode: note("computeMode", readComputeMode(device)),
    powerLimits: note("powerLimits", readLimits(device)),
    clocks: note("clocks", readClocks(device)) ?? new Map(),
    unread,
  };
}

/** What is set on a card. */
export function readSettings(device: NvmlDevice): CardSettings {
  const untold = "NVML has no function that tells which clocks are locked";
  const unread: Notes = { lockedGpuHertz: untold, lockedMemoryHertz: untold };
  const limit = (name: "limit" | "enforcedLimit") => scaled(getNumber(device, name), 1e-3);
  return {
    powerLimitWatts: noted(unread, "powerLimitWatts", limit("limit")),
    enforcedLimitWatts: noted(unread, "enforcedLimitWatts", limit("enforcedLimit")),
    lockedGpuHertz: null,
    lockedMemoryHertz: null,
    unread,
  };
}

/** Policies of `nvmlPerfPolicyType_t`. */
const policies = { power: 0, thermal: 1 } as const;

/** How long clocks were held down. */
export function readViolations(device: NvmlDevice): CardViolations {
  const read = (policy: number) => {
    const out = new BigUint64Array(2);
    return get(device, "violation", [policy, bytesOf(out)], () => Number(out[1]!) / 1e9) satisfies Reading;
  };
  return { powerSeconds: read(policies.power), thermalSeconds: read(policies.thermal) };
}

/** Size and version of `nvmlMemory_v2_t`: version, padding, total, reserved, free, used. */
const memory2 = { bytes: 40, version: (40 | (2 << 24)) >>> 0, used: 32 };

/** Total memory, or what is in use. The second form leaves out what driver and firmware keep for themselves, the first counts it as used. */
export function readMemory(device: NvmlDevice, which: "total" | "used"): Reading {
  const view = new DataView(new ArrayBuffer(memory2.bytes));
  view.setUint32(0, memory2.version, true);
  const newer = get(device, "memory2", [bytesOf(view)], () =>
    Number(view.getBigUint64(which === "total" ? 8 : memory2.used, true)),
  );
  if (newer.value !== null) return newer;
  const out = new BigUint64Array(3);
  return get(device, "memory", [bytesOf(out)], () => Number(out[which === "total" ? 0 : 2]!));
}

function readCapability(device: NvmlDevice): Got<string> {
  const pair = getPair(device, "capability");
  return pair.value === null ? pair : { value: pair.value.join(".") };
}

/** `nvmlPciInfo_t` ends with the bus address, 32 bytes from 36 on. */
function readBus(device: NvmlDevice): Got<string> {
  const out = new Uint8Array(68);
  return get(device, "pci", [out], () => textIn(out.subarray(36)));
}

function readMultiprocessors(device: NvmlDevice, capability: string | null): Reading {
  const cores = getNumber(device, "cores");
  if (cores.value === null) return cores;
  const found = capability === null ? null : multiprocessorsOf(capability, cores.value);
  if (found !== null) return { value: found };
  return {
    value: null,
    reason: `${cores.value} cores of compute capability ${capability} are no whole multiprocessors`,
  };
}

/** A card without MIG answers that it is not supported: it is off then, and that is known. */
function readMig(device: NvmlDevice): Got<boolean> {
  const mode = getPair(device, "migMode");
  if (mode.value !== null) return { value: mode.value[0] === 1 };
  return mode.reason === nvmlWords(nvmlCode.notSupported) ? { value: false } : mode;
}

function readComputeMode(device: NvmlDevice): Got<NonNullable<CardFacts["computeMode"]>> {
  const mode = getNumber(device, "computeMode");
  if (mode.value === null) return mode;
  const name = ({ 0: "default", 2: "prohibited", 3: "exclusive-process" } as const)[mode.value];
  return name === undefined ? { value: null, reason: `compute mode ${mode.value} is not known` } : { value: name };
}

function readLimits(device: NvmlDevice): Got<{ readonly least: Watts; readonly most: Watts; readonly usual: Watts }> {
  const range = getPair(device, "limits");
  if (range.value === null) return range;
  const usual = getNumber(device, "defaultLimit");
  if (usual.value === null) return usual;
  return { value: { least: range.value[0] / 1e3, most: range.value[1] / 1e3, usual: usual.value / 1e3 } };
}

function readClocks(device: NvmlDevice): Got<ReadonlyMap<Hertz, readonly Hertz[]>> {
  const memories = readMegahertz(device, "memoryClocks");
  if (memories.value === null) return memories;
  const clocks = new Map<Hertz, readonly Hertz[]>();
  for (const memory of memories.value) {
    const own = readMegahertz(device, "gpuClocks", Math.round(memory / 1e6));
    if (own.value === null) return own;
    clocks.set(memory, own.value);
  }
  return { value: clocks };
}

/** A list of clocks, rising, without repetitions. */
function readMegahertz(
  device: NvmlDevice,
  name: "memoryClocks" | "gpuClocks",
  ...values: readonly number[]
): Got<readonly Hertz[]> {
  const list = getList(device, name, values, 4);
  if (list.value === null) return list;
  const view = list.value;
  const all = Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(4 * i, true) * 1e6);
  return { value: [...new Set(all)].sort((a, b) => a - b) };
}

function flag(reading: Reading): Got<boolean> {
  return reading.value === null ? reading : { value: reading.value === 1 };
}

function firstOf(pair: Got<readonly [number, number]>): Reading {
  return pair.value === null ? pair : { value: pair.value[0] };
}

function scaled(reading: Reading, factor: number): Reading {
  return reading.value === null ? reading : { value: reading.value * factor };
}
