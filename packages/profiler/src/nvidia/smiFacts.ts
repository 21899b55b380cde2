import type { Hertz } from "@partitune/schema";
import type { CardFacts, CardSettings } from "./card.ts";
import { parseSmiNumber, saysNothing } from "./parseSmiValue.ts";
import { noted, numberIn, type SmiNotes, wordIn } from "./smiCells.ts";
import type { SmiRow } from "./smiQuery.ts";

/** What is asked for; the name last, since it may hold a comma. */
export const factFields = [
  ...["uuid", "pci.bus_id", "memory.total", "compute_cap", "mig.mode.current", "persistence_mode", "ecc.mode.current"],
  ...["compute_mode", "power.min_limit", "power.max_limit", "power.default_limit", "name"],
] as const;

export const settingFields = ["power.limit", "enforced.power.limit"] as const;

const mebibyte = 2 ** 20;
const onOff = { Enabled: true, Disabled: false } as const;
const computeModes = {
  Default: "default",
  Exclusive_Process: "exclusive-process",
  Prohibited: "prohibited",
} as const;

/** What a card is, from a row of {@link factFields}, and its clocks. */
export function smiFacts(uuid: string, row: SmiRow, clocks: CardFacts["clocks"]): CardFacts {
  const unread: SmiNotes = { multiprocessors: "nvidia-smi does not tell the number of multiprocessors" };
  if (clocks.size === 0) unread.clocks = "nvidia-smi lists no supported clocks";
  return {
    uuid,
    bus: row.get("pci.bus_id") ?? "",
    name: row.get("name") ?? "NVIDIA card",
    memoryBytes: noted(unread, "memoryBytes", numberIn(row, "memory.total", mebibyte)) ?? 0,
    multiprocessors: null,
    computeCapability: capabilityIn(row, unread),
    // Cards without MIG say N/A.
    migEnabled: saysNothing(row.get("mig.mode.current") ?? "")
      ? false
      : wordIn(unread, "migEnabled", row, "mig.mode.current", onOff),
    persistence: wordIn(unread, "persistence", row, "persistence_mode", onOff),
    ecc: wordIn(unread, "ecc", row, "ecc.mode.current", onOff),
    computeMode: wordIn(unread, "computeMode", row, "compute_mode", computeModes),
    powerLimits: limitsIn(row, unread),
    clocks,
    unread,
  };
}

/** What is set, from a row of {@link settingFields}. */
export function smiSettings(row: SmiRow): CardSettings {
  const untold = "nvidia-smi does not tell which clocks are locked";
  const unread: SmiNotes = { lockedGpuHertz: untold, lockedMemoryHertz: untold };
  return {
    powerLimitWatts: noted(unread, "powerLimitWatts", numberIn(row, "power.limit")),
    enforcedLimitWatts: noted(unread, "enforcedLimitWatts", numberIn(row, "enforced.power.limit")),
    lockedGpuHertz: null,
    lockedMemoryHertz: null,
    unread,
  };
}

/** Memory clock → clocks of the multiprocessors, from rows of `mem` and `gr`. */
export function smiClocks(rows: readonly SmiRow[]): CardFacts["clocks"] {
  const clocks = new Map<Hertz, Hertz[]>();
  for (const row of rows) {
    const [memory, gpu] = ["mem", "gr"].map((field) => parseSmiNumber(row.get(field)!, 1e6).value);
    if (memory != null && gpu != null) clocks.set(memory, [...(clocks.get(memory) ?? []), gpu]);
  }
  const rising = (list: readonly Hertz[]) => [...new Set(list)].sort((a, b) => a - b);
  return new Map(rising([...clocks.keys()]).map((memory) => [memory, rising(clocks.get(memory)!)]));
}

function capabilityIn(row: SmiRow, unread: SmiNotes): string | null {
  const text = row.get("compute_cap");
  if (text !== undefined && /^\d+\.\d+$/.test(text)) return text;
  unread.computeCapability = text === undefined ? "this nvidia-smi does not tell it" : `nvidia-smi says ${text}`;
  return null;
}

function limitsIn(row: SmiRow, unread: SmiNotes): CardFacts["powerLimits"] {
  const limit = (which: string) => noted(unread, "powerLimits", numberIn(row, `power.${which}_limit`));
  const [least, most, usual] = [limit("min"), limit("max"), limit("default")];
  return least === null || most === null || usual === null ? null : { least, most, usual };
}
