import type { MigInstance } from "./card.ts";
import { bytesOf, type Got, get, getNumber, getText, type NvmlDevice } from "./nvmlCalls.ts";
import { noted, readMemory } from "./nvmlFacts.ts";

/** `nvmlGpuInstanceInfo_t`: device, id, profile, start and size of the placement. */
const instanceInfo = { bytes: 24, start: 16 } as const;

/** `nvmlDeviceAttributes_t`: multiprocessors first, slices of the GPU instance at 24, memory in MiB at 32. */
const attributes = { bytes: 40, multiprocessors: 0, slices: 24, memory: 32 } as const;

/**
 * The MIG instances of a card. Each compute instance is one of them; those that share a GPU instance have its placement.
 *
 * @returns none when MIG is off
 * @throws CardLost
 */
export function readMigInstances(device: NvmlDevice): readonly MigInstance[] {
  const most = getNumber(device, "migCount").value ?? 0;
  return Array.from({ length: most }, (_, index) => readInstance(device, index)).filter((found) => found !== null);
}

function readInstance(device: NvmlDevice, index: number): MigInstance | null {
  const handle = new BigUint64Array(1);
  if (get(device, "migByIndex", [index, bytesOf(handle)], () => true).value === null) return null;
  const instance: NvmlDevice = { ...device, handle: handle[0]!, label: `${device.label}, MIG device ${index}` };
  const unread: Record<string, string> = {};
  const found = readAttributes(instance);
  const uuid = getText(instance, "uuid").value;
  if (uuid === null) return null;
  return {
    uuid,
    profile: readProfile(device, instance, found.value) ?? "",
    start: noted(unread, "start", readStart(device, instance)),
    multiprocessors: noted(unread, "multiprocessors", found)?.multiprocessors ?? null,
    memoryBytes: noted(unread, "memoryBytes", found)?.memoryBytes ?? null,
    unread,
  };
}

interface Attributes {
  readonly multiprocessors: number;
  readonly slices: number;
  readonly memoryBytes: number;
}

function readAttributes(instance: NvmlDevice): Got<Attributes> {
  const view = new DataView(new ArrayBuffer(attributes.bytes));
  return get(instance, "attributes", [bytesOf(view)], () => ({
    multiprocessors: view.getUint32(attributes.multiprocessors, true),
    slices: view.getUint32(attributes.slices, true),
    memoryBytes: Number(view.getBigUint64(attributes.memory, true)) * 2 ** 20,
  }));
}

/** Where it begins takes a handle of its GPU instance, which only root is given. */
function readStart(device: NvmlDevice, instance: NvmlDevice): Got<number> {
  const id = getNumber(instance, "gpuInstanceId");
  if (id.value === null) return id;
  const handle = new BigUint64Array(1);
  const found = get(device, "gpuInstanceById", [id.value, bytesOf(handle)], () => handle[0]!);
  if (found.value === null) return found;
  const view = new DataView(new ArrayBuffer(instanceInfo.bytes));
  return get({ ...device, handle: found.value }, "gpuInstanceInfo", [bytesOf(view)], () =>
    view.getUint32(instanceInfo.start, true),
  );
}

/**
 * The profile's name, as the driver writes it behind that of the card (`… MIG 1g.10gb`, `… MIG 1c.3g.40gb`). Drivers that leave it out: slices, and
 * memory as eighths of the card's, as they name it themselves.
 */
function readProfile(device: NvmlDevice, instance: NvmlDevice, found: Attributes | null): string | null {
  const named = /\bMIG (?:\d+c\.)?(\d+g\.\S+)$/.exec(getText(instance, "name").value ?? "")?.[1];
  if (named !== undefined) return named;
  const total = readMemory(device, "total").value;
  if (found === null || total === null) return null;
  const eighths = Math.ceil((8 * found.memoryBytes) / total) / 8;
  return `${found.slices}g.${Math.round(eighths * Math.ceil(total / 2 ** 30))}gb`;
}
