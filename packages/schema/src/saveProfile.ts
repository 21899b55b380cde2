import { join } from "node:path";
import { checkFile } from "./checkFile.ts";
import { formatMeasurements } from "./formatMeasurements.ts";
import type { Measurement } from "./measurement.ts";
import { measurementColumns, writtenColumns } from "./measurementColumns.ts";
import { powerModesOf } from "./powerModesOf.ts";
import type { Profile } from "./profile.ts";
import { profileFiles } from "./profileFiles.ts";
import { readMeasurements } from "./readMeasurements.ts";
import { saveJson } from "./saveJson.ts";
import { writeFileAtomically } from "./writeFileAtomically.ts";

/**
 * Saves a profile as a folder of two files: `measurements.csv`, and `profile.json` with everything else and the definition of
 * every column. Both are checked first by reading what would be written, and each is replaced atomically.
 *
 * @throws InputError when something could not be read back, or a file cannot be written
 */
export function saveProfile(folder: string, profile: Profile): void {
  const { measurements, ...rest } = profile;
  const header = { ...rest, definitions: definitionsOf(measurements) };
  const file = join(folder, profileFiles.measurements);
  checkFile(header, join(folder, profileFiles.header), "profile");
  readMeasurements(file, bytesOf(formatMeasurements(measurements)), {
    workloads: profile.workloads.map((workload) => workload.name),
    powerModes: powerModesOf(profile.device).map((mode) => mode.name),
  });
  writeFileAtomically(file, formatMeasurements(measurements));
  saveJson(join(folder, profileFiles.header), header);
}

function definitionsOf(measurements: readonly Measurement[]) {
  return Object.fromEntries(writtenColumns(measurements).map((name) => [name, measurementColumns[name].definition]));
}

function* bytesOf(pieces: Iterable<string>): Generator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}
