import type { CardDriver } from "./card.ts";
import { textIn } from "./cleanText.ts";
import { bytesOf, getText, lost, type NvmlDevice } from "./nvmlCalls.ts";
import { type NvmlCard, nvmlCard } from "./nvmlCard.ts";
import { nvmlAdvice, nvmlCode, nvmlWords } from "./nvmlErrors.ts";
import { loadNvml, type NvmlFunction, type NvmlLibrary } from "./nvmlLibrary.ts";

/** A driver by NVML. */
export interface NvmlDriver extends CardDriver {
  readonly name: "nvml";
  cards(): Promise<readonly NvmlCard[]>;
}

/** Why NVML cannot be used, and what to do about it. */
export interface NoNvml {
  readonly reason: string;
  readonly advice: string;
}

const install = "install the NVIDIA driver; in a container, start it with the GPUs (--gpus all)";

/**
 * Loads and initialises NVML, and finds its cards.
 *
 * @param library  path of the library; by default the usual places
 */
export function openNvml(library?: string): NvmlDriver | NoNvml {
  const loaded = loadNvml(library);
  if (!("call" in loaded)) return { reason: loaded.reason, advice: install };
  const code = loaded.call("init");
  if (code !== nvmlCode.success)
    return { reason: `${loaded.path} cannot be initialised: ${nvmlWords(code)}`, advice: nvmlAdvice(code) };
  const { cards, unusable } = findCards(loaded);
  let open = true;
  return {
    name: "nvml",
    versions: versionsOf(loaded),
    passedOver: [],
    unusable,
    cards: async () => cards,
    close: async () => {
      if (open) loaded.call("shutdown");
      open = false;
    },
  };
}

function findCards(library: NvmlLibrary): {
  readonly cards: readonly NvmlCard[];
  readonly unusable: readonly string[];
} {
  const count = new Uint32Array(1);
  const code = library.call("count", bytesOf(count));
  const number = code === nvmlCode.success ? count[0]! : 0;
  const cards: NvmlCard[] = [];
  const unusable = code === nvmlCode.success ? [] : [`cards cannot be counted: ${nvmlWords(code)}`];
  for (let index = 0; index < number; index++) {
    try {
      cards.push(openCard(library, index));
    } catch (error) {
      unusable.push((error as Error).message);
    }
  }
  return { cards, unusable };
}

function openCard(library: NvmlLibrary, index: number): NvmlCard {
  const handle = new BigUint64Array(1);
  const code = library.call("byIndex", index, bytesOf(handle));
  const label = `GPU ${index}`;
  if (code === nvmlCode.gpuIsLost || code === nvmlCode.resetRequired) throw lost(label, code);
  if (code !== nvmlCode.success) throw new Error(`${label}: ${nvmlWords(code)}; ${nvmlAdvice(code)}`);
  const device: NvmlDevice = { library, handle: handle[0]!, label };
  const uuid = getText(device, "uuid");
  if (uuid.value === null) throw new Error(`${label} does not tell its UUID: ${uuid.reason}`);
  const name = getText(device, "name").value;
  return nvmlCard({ ...device, label: name === null ? label : `${label} (${name})` }, uuid.value);
}

function versionsOf(library: NvmlLibrary): Readonly<Record<string, string>> {
  const text = (name: NvmlFunction) => {
    const out = new Uint8Array(96);
    return library.call(name, out, out.length) === nvmlCode.success ? textIn(out) : "";
  };
  const cuda = new Int32Array(1);
  const known = library.call("cudaVersion", bytesOf(cuda)) === nvmlCode.success;
  const all = {
    driver: text("driverVersion"),
    cuda: known ? `${Math.floor(cuda[0]! / 1000)}.${Math.floor((cuda[0]! % 1000) / 10)}` : "",
    nvml: text("nvmlVersion"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, version]) => version !== ""));
}
