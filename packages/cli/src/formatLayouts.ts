import {
  type Device,
  formatPartition,
  freeStarts,
  type MigInstance,
  type MigTable,
  maximalLayouts,
  migTableOf,
  type Partition,
  type PartitionScheme,
  partitionCores,
  partitionFraction,
  partitionMemory,
} from "@partitune/schema";
import { formatPercent, formatQuantity } from "./formatNumbers.ts";
import { nameDevice } from "./nameDevice.ts";
import { formatTable } from "./printTable.ts";

/** The ways to cut a device, a line each, and its MIG profiles as a table. */
export function formatSchemes(device: Device): string {
  const table = migTableOf(device);
  const lines = device.partitionSchemes.map((scheme) => `${describeScheme(scheme, device)}\n`);
  const title = `${nameDevice(device)}: ${device.cores} ${device.kind === "nvidia" ? "multiprocessors" : "cores"}\n`;
  return `${title}${lines.join("")}${table === undefined ? "" : `\n${formatProfiles(table)}\nMIG table: ${table.source}\n`}`;
}

function describeScheme(scheme: PartitionScheme, { cores }: Device): string {
  switch (scheme.kind) {
    case "whole":
      return "  whole: nothing set";
    case "cpu-share":
      return `  cpu-share: steps of ${formatPercent(scheme.granularity)}, ${formatPercent(scheme.total)} in all`;
    case "core-set":
      return `  core-set: cores 0 to ${cores - 1}, each for one workload`;
    case "mps-share":
      return `  mps-share: steps of ${formatPercent(scheme.granularity)}, ${formatPercent(scheme.total)} in all, rounded down to ${scheme.unitMultiprocessors} multiprocessors, up to ${scheme.clients} clients`;
    case "mig":
      return `  mig: ${scheme.memorySlices} memory slices, ${scheme.profiles.length} profiles, ${maximalLayouts(scheme).length} layouts to which nothing can be added`;
    case "sm-partition":
      return `  sm-partition: ${scheme.chunks} chunks of ${scheme.chunkMultiprocessors} multiprocessors, ${cores - scheme.chunks * scheme.chunkMultiprocessors} left over`;
    case "green-context":
      return `  green-context: multiples of ${scheme.stepMultiprocessors} multiprocessors from ${scheme.leastMultiprocessors} on, within one process`;
  }
}

function formatProfiles({ profiles }: MigTable): string {
  return formatTable(profiles, [
    { header: "profile", text: ({ name }) => name },
    { header: "id", text: ({ id }) => String(id), right: true },
    { header: "memory slices", text: ({ size }) => String(size), right: true },
    { header: "may begin at", text: ({ starts }) => starts.join(", ") },
    { header: "at most", text: ({ most }) => String(most), right: true },
    {
      header: "multiprocessors",
      text: ({ multiprocessors }) => (multiprocessors === null ? "unknown" : String(multiprocessors)),
      right: true,
    },
    { header: "memory", text: ({ memoryBytes }) => memoryText(memoryBytes), right: true },
  ]);
}

/** Every maximal MIG layout: a character a memory slice, and its instances. */
export function formatMaximal(table: MigTable): string {
  return formatTable(maximalLayouts(table), [
    { header: "slices", text: (layout) => drawSlices(table, layout) },
    { header: "instances", text: (layout) => layout.map(({ profile, start }) => `${profile}@${start}`).join(" ") },
  ]);
}

/** `3---2-1.`: each instance by its compute slices, drawn on to its last memory slice; a dot for one that stays free. */
function drawSlices({ profiles, memorySlices }: MigTable, layout: readonly MigInstance[]): string {
  let drawn = "";
  for (const { profile: name, start } of layout) {
    const { size, computeSlices } = profiles.find((profile) => profile.name === name)!;
    drawn += ".".repeat(start - drawn.length);
    drawn += String(computeSlices).padEnd(size, "-");
  }
  return drawn.padEnd(memorySlices, ".");
}

/** Pieces that fit, with what each of them is. */
export function formatPieces(device: Device, partitions: readonly Partition[]): string {
  return formatTable(partitions, [
    { header: "partition", text: (each) => formatPartition(each) },
    {
      header: device.kind === "nvidia" ? "multiprocessors" : "cores",
      text: (each) => coresText(each, device),
      right: true,
    },
    { header: "of the device", text: (each) => formatPercent(partitionFraction(each, device)), right: true },
    {
      header: "memory",
      text: (each) => (each.kind === "mig" ? memoryText(partitionMemory(each, device)) : "shared"),
      right: true,
    },
  ]);
}

function coresText(partition: Partition, device: Device): string {
  if (partition.kind === "mig") {
    const profile = migTableOf(device)?.profiles.find(({ name }) => name === partition.profile);
    if (profile?.multiprocessors === null) return `at least ${partitionCores(partition, device)}`;
  }
  return String(Number(partitionCores(partition, device).toPrecision(6)));
}

/** Which MIG instances could be created beside those of a layout; nothing where the layout is of another kind. */
export function formatFreeStarts(device: Device, partitions: readonly Partition[]): string {
  const table = migTableOf(device);
  const instances = partitions.flatMap((each): MigInstance[] =>
    each.kind === "mig" && each.start !== undefined ? [{ profile: each.profile, start: each.start }] : [],
  );
  if (table === undefined || instances.length === 0) return "";
  const free = table.profiles
    .map(({ name }) => ({ name, starts: freeStarts(table, instances, name) }))
    .filter(({ starts }) => starts.length > 0)
    .map(({ name, starts }) => `${name}@${starts.join("|")}`);
  return free.length === 0 ? "nothing can be added\n" : `one more could be ${free.join(", ")}\n`;
}

function memoryText(bytes: number | null): string {
  return bytes === null ? "unknown" : formatQuantity(bytes, "bytes");
}
