import { type Device, type Hertz, InputError, type PowerLevels, type Watts } from "@partitune/schema";
import { clockLevels } from "./nvidia/clockLevels.ts";
import { powerCaps, usualCapStep } from "./nvidia/powerCaps.ts";

/** The power modes of one card. */
export interface NvidiaModes extends Pick<Device, "powerModes"> {
  readonly powerLevels: PowerLevels;
  /** Its PCI bus address, as `nvidia-smi -i` takes it. */
  readonly bus: string;
  /** Memory clocks that are no level, since not every clock of the multiprocessors goes with them. */
  readonly leftOut: readonly Hertz[];
}

/** Lines of one section of the listing: key and value, with what they are indented by. */
interface Entry {
  readonly indent: number;
  readonly key: string;
  readonly value: string;
}

/**
 * The power modes of each card from `nvidia-smi -q -d POWER,SUPPORTED_CLOCKS`: its default limit, and caps from lowest to highest limit × clocks of the
 * multiprocessors × memory clocks.
 *
 * @param capStep  watts between two caps
 * @throws InputError when the text is no such listing, or a card tells no limits or no clocks
 * @example { ...devices.a100, ...readNvidiaModes(text)[0] }  // the shelf's card with the grid of the real one
 */
export function readNvidiaModes(text: string, capStep: Watts = usualCapStep): readonly NvidiaModes[] {
  const cards = text.split(/^GPU (?=[0-9A-Fa-f]+:)/m).slice(1);
  if (cards.length === 0) throw unreadable("lists no GPU");
  return cards.map((card) => {
    const [bus = "", ...lines] = card.split("\n");
    return modesOf(bus.trim(), lines.flatMap(toEntry), capStep);
  });
}

function toEntry(line: string): readonly Entry[] {
  const [, indent, key, value = ""] = /^(\s*)(\S.*?)\s*(?::\s*(.*?)\s*)?$/.exec(line.replaceAll("\t", "    ")) ?? [];
  return key === undefined ? [] : [{ indent: indent!.length, key, value }];
}

function modesOf(bus: string, entries: readonly Entry[], capStep: Watts): NvidiaModes {
  const limit = (name: string) => inUnit(entries, name, "W") ?? missing(bus, `"${name}" in watts`);
  const [least, most, usual] = [limit("Min Power Limit"), limit("Max Power Limit"), limit("Default Power Limit")];
  const { gpuHertz, memoryHertz, leftOut } = clockLevels(supportedClocks(bus, entries));
  return {
    bus,
    powerModes: [{ name: "default", powerCapWatts: usual }],
    powerLevels: { powerCapWatts: powerCaps(least, most, capStep), gpuHertz, memoryHertz },
    leftOut,
  };
}

/** The first that is a number: limits of modules and memory, further down, are mostly "N/A". */
function inUnit(entries: readonly Entry[], name: string, unit: string): number | undefined {
  const values = entries.filter(({ key }) => key === name).map(({ value }) => value);
  const found = values.find((value) => new RegExp(`^\\d+(?:\\.\\d+)? ${unit}$`).test(value));
  return found === undefined ? undefined : Number.parseFloat(found);
}

/** Clocks of the multiprocessors for each memory clock. */
function supportedClocks(bus: string, entries: readonly Entry[]): ReadonlyMap<Hertz, ReadonlySet<Hertz>> {
  const start = entries.findIndex(({ key }) => key === "Supported Clocks");
  const clocks = new Map<Hertz, Set<Hertz>>();
  let current: Set<Hertz> | undefined;
  for (const { indent, key, value } of start < 0 ? [] : entries.slice(start + 1)) {
    if (indent <= entries[start]!.indent) break;
    const megahertz = Number(/^(\d+) MHz$/.exec(value)?.[1] ?? Number.NaN);
    if (Number.isNaN(megahertz)) missing(bus, `a clock in MHz where "${key} : ${value}" stands`);
    if (key === "Memory") {
      current = new Set();
      clocks.set(megahertz * 1e6, current);
    } else current?.add(megahertz * 1e6);
  }
  const empty = [...clocks.values()].some((own) => own.size === 0);
  return clocks.size === 0 || empty ? missing(bus, '"Supported Clocks" with memory and graphics clocks') : clocks;
}

function missing(bus: string, what: string): never {
  throw unreadable(`does not tell ${what} for GPU ${bus}`);
}

function unreadable(problem: string): InputError {
  return new InputError({
    what: "the listing of nvidia-smi",
    problem,
    advice: "give all that `nvidia-smi -q -d POWER,SUPPORTED_CLOCKS` prints on a card whose driver tells both",
  });
}
