import type { CardProcess } from "./card.ts";
import { getList, type NvmlDevice } from "./nvmlCalls.ts";
import { nvmlCode, nvmlWords } from "./nvmlErrors.ts";
import type { NvmlFunction } from "./nvmlLibrary.ts";

/** `NVML_VALUE_NOT_AVAILABLE`. */
const notAvailable = 2n ** 64n - 1n;

/** Each list by its newer function and by the one that older libraries have, whose entries are shorter. */
const lists = [
  ["mps", "mpsProcesses", "oldMpsProcesses"],
  ["compute", "computeProcesses", "oldComputeProcesses"],
  ["graphics", "graphicsProcesses", "oldGraphicsProcesses"],
] as const satisfies readonly (readonly [CardProcess["kind"], NvmlFunction, NvmlFunction])[];

/** Bytes of an entry: pid, padding, memory, and in newer ones the ids of the MIG instance. */
const entryBytes = { newer: 24, older: 16 } as const;

/**
 * Everything that has a context on the card, each process once.
 *
 * @throws CardLost
 */
export function readProcesses(device: NvmlDevice): readonly CardProcess[] {
  const found = new Map<number, CardProcess>();
  for (const [kind, newer, older] of lists)
    for (const each of readList(device, kind, newer, older)) {
      const known = found.get(each.pid);
      // A process is told twice when it computes and draws, or has several MIG instances: its memory is told with each.
      if (known === undefined) found.set(each.pid, each);
      else if (known.kind === kind)
        found.set(each.pid, { ...known, memoryBytes: sum(known.memoryBytes, each.memoryBytes) });
    }
  return [...found.values()];
}

function readList(
  device: NvmlDevice,
  kind: CardProcess["kind"],
  newer: NvmlFunction,
  older: NvmlFunction,
): readonly CardProcess[] {
  const list = getList(device, newer, [], entryBytes.newer);
  if (list.value !== null) return entriesOf(list.value, kind, entryBytes.newer);
  if (list.reason !== nvmlWords(nvmlCode.functionNotFound)) return [];
  const old = getList(device, older, [], entryBytes.older);
  return old.value === null ? [] : entriesOf(old.value, kind, entryBytes.older);
}

function entriesOf(view: DataView, kind: CardProcess["kind"], bytes: number): readonly CardProcess[] {
  return Array.from({ length: view.byteLength / bytes }, (_, i) => {
    const memory = view.getBigUint64(i * bytes + 8, true);
    return { pid: view.getUint32(i * bytes, true), kind, memoryBytes: memory === notAvailable ? null : Number(memory) };
  });
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
