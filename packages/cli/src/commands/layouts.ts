import { readFileSync } from "node:fs";
import { devices } from "@partitune/profiler";
import {
  checkLayout,
  type Device,
  fileProblem,
  InputError,
  instancesFromListing,
  listPartitions,
  loadAny,
  maximalLayouts,
  migTableOf,
  type Partition,
  parseMigListing,
  parsePartition,
  tableFromListing,
} from "@partitune/schema";
import { Command } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { formatFreeStarts, formatMaximal, formatPieces, formatSchemes } from "../formatLayouts.ts";
import { parseCount } from "../parseLists.ts";
import { printJson } from "../writeOutput.ts";

interface LayoutsOptions {
  readonly listing?: string;
  readonly gpu?: string;
  readonly maximal?: boolean;
  readonly json?: boolean;
}

const shelf = Object.keys(devices).join(", ");

export function layoutsCommand(): Command {
  return new Command("layouts")
    .description(
      "Which pieces a card can be cut into, and whether some fit on it together. MIG instances without a start are given one; what does not fit is told why.",
    )
    .argument("<device>", `one of ${shelf}; or a file of partitune that holds a device`)
    .argument("[partition...]", "pieces to fit on it together, such as mig:3g.40gb@4, mig:1g.10gb or mps-share:0.4")
    .option(
      "--listing <file>",
      "what nvidia-smi mig -lgipp, -lgip or -lgi prints on the card, which is believed: pieces are to fit beside what exists; - is stdin",
    )
    .option("--gpu <index>", "which card of the listing, where they differ")
    .option("--maximal", "list the MIG layouts to which nothing can be added")
    .option("--json", "print the answer as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune layouts h100
  $ partitune layouts a100 mig:3g.40gb mig:2g.20gb mig:1g.10gb mig:1g.10gb
  $ nvidia-smi mig -lgipp | partitune layouts h200 --listing - --maximal
  $ nvidia-smi mig -lgi | partitune layouts a100 --listing - --gpu 0 mig:2g.20gb

Exit codes: 0 the pieces fit; 1 they do not; 2 bad input.`,
    )
    .action((name: string, texts: readonly string[], options: LayoutsOptions) => {
      const { device, existing } = withListing(findDevice(name), options);
      if (options.maximal === true) showMaximal(device, texts, options);
      else if (texts.length > 0 || existing.length > 0)
        showFit(device, [...existing, ...texts.map(parsePartition)], options);
      else if (options.json === true)
        printJson({ schemes: device.partitionSchemes, partitions: listPartitions(device) });
      else process.stdout.write(formatSchemes(device));
    });
}

/** A device of the shelf by its name, or the one that a file was made for. */
function findDevice(name: string): Device {
  if (Object.hasOwn(devices, name)) return devices[name as keyof typeof devices];
  const looksLikeFile = /[/.]/.test(name);
  if (!looksLikeFile)
    throw new InputError({
      what: `device "${name}"`,
      problem: "is not known",
      advice: `choose one of ${shelf}, or give a file`,
    });
  const content = loadAny(name);
  if ("device" in content) return content.device;
  throw new InputError({
    what: `"${name}"`,
    problem: `is of kind "${content.kind}", which holds no device`,
    advice: "give a profile, a plan or another file that was made for a device",
  });
}

/** The device as its listing describes it, and the instances that it lists. */
function withListing(
  device: Device,
  { listing, gpu }: LayoutsOptions,
): { readonly device: Device; readonly existing: readonly Partition[] } {
  if (listing === undefined) {
    if (gpu === undefined) return { device, existing: [] };
    throw new InputError({ what: "option --gpu", problem: "chooses from a listing", advice: "give --listing, too" });
  }
  const base = migTableOf(device);
  const chosen = gpu === undefined ? {} : { gpu: parseCount("--gpu", gpu, 0) };
  const listed = parseMigListing(readText(listing));
  const table = tableFromListing(listed, { ...(base === undefined ? {} : { base }), ...chosen });
  return {
    device: { ...device, partitionSchemes: [...device.partitionSchemes.filter(({ kind }) => kind !== "mig"), table] },
    existing: instancesFromListing(listed, table, chosen).map((instance) => ({ kind: "mig", ...instance })),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? process.stdin.fd : path, "utf8");
  } catch (error) {
    throw fileProblem(path, error);
  }
}

function showMaximal(device: Device, texts: readonly string[], { json }: LayoutsOptions): void {
  const table = migTableOf(device);
  if (texts.length > 0)
    throw new InputError({ what: "option --maximal", problem: "lists all layouts", advice: "leave the pieces out" });
  if (table === undefined)
    throw new InputError({
      what: `device "${device.name}"`,
      problem: "has no MIG instances",
      advice: "leave --maximal out: the other ways of cutting are ranges of sizes",
    });
  if (json === true) printJson(maximalLayouts(table));
  else process.stdout.write(formatMaximal(table));
}

function showFit(device: Device, partitions: readonly Partition[], { json }: LayoutsOptions): void {
  const check = checkLayout(device, partitions);
  if (json === true) printJson(check);
  else if (check.fits)
    process.stdout.write(`${formatPieces(device, check.partitions)}${formatFreeStarts(device, check.partitions)}`);
  else for (const { text } of check.conflicts) process.stderr.write(`does not fit: ${text}\n`);
  if (!check.fits) process.exitCode = exitCodes.no;
}
