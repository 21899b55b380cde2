import { basename } from "node:path";
import { InputError, type Made, type Profile } from "@partitune/schema";
import { type DeviceName, devices } from "../devices/index.ts";
import { importTable } from "./table.ts";

/** What Zeus's tables of power hold. */
const columns = [
  "network=workload",
  "dataset=workload",
  "optimizer=workload",
  "batch_size=batch",
  "power_limit=powerCapWatts:W",
  "time_per_epoch=time:s",
  "average_power=power:W",
];

/** Whose tables they are. */
export interface ImportZeusOptions {
  /** Name of a device of the shelf, or any other; when absent, the one of the shelf that the file is named after. */
  readonly device?: string;
  readonly made: Made;
}

/**
 * A profile from the power tables of Zeus (`summary_power_*.csv`): one training for each network, data set and optimizer, its epochs measured for each
 * batch size and power limit.
 *
 * @throws InputError when a file is no such table, or the files are of different devices
 * @see You, Chung, Chowdhury: Zeus, NSDI 2023
 */
export function importZeus(files: readonly string[], { device, made }: ImportZeusOptions): Profile {
  const name = device ?? deviceOf(files);
  return importTable(files, { columns, device: name, task: "training", run: "epoch", made });
}

function deviceOf(files: readonly string[]): string {
  const names = [...new Set(files.map(namedAfter))];
  if (names.length === 1 && names[0] !== undefined) return names[0];
  throw new InputError({
    what: files.map((file) => `"${basename(file)}"`).join(", "),
    problem: names.length === 1 ? "does not say which device was measured" : "are tables of different devices",
    advice: `${names.length === 1 ? "name it" : "import one device at a time, or name it"} with --device, for example one of ${Object.keys(devices).join(", ")}`,
  });
}

function namedAfter(file: string): DeviceName | undefined {
  const words = basename(file)
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return (Object.keys(devices) as DeviceName[]).find((name) => words.includes(name));
}
