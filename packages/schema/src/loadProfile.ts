import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { assumedColumnsWarning } from "./assumedColumnsWarning.ts";
import { fileChunks } from "./fileChunks.ts";
import { loadJson } from "./loadJson.ts";
import { powerModesOf } from "./powerModesOf.ts";
import type { Profile } from "./profile.ts";
import { profileFiles } from "./profileFiles.ts";
import { profileFromTable } from "./profileFromTable.ts";
import { readMeasurements } from "./readMeasurements.ts";

/**
 * Loads a profile: a folder with `profile.json` and `measurements.csv`, or a bare CSV table. Everything is checked.
 *
 * A bare table needs the columns `workload`, `partition`, `batch_count` and `latency_p50_s`; its device is unknown, and
 * what was assumed in place of absent columns stands in the profile's warnings.
 *
 * @param path  the folder, one of its two files, or a table
 * @throws InputError naming file, line and column or field
 */
export function loadProfile(path: string): Profile {
  const folder = folderOf(path);
  return folder === undefined ? profileFromTable(path, readMeasurements(path, fileChunks(path))) : loadFolder(folder);
}

function folderOf(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const isPart = Object.values<string>(profileFiles).includes(basename(path));
  return isPart && existsSync(join(dirname(path), profileFiles.header)) ? dirname(path) : undefined;
}

function loadFolder(folder: string): Profile {
  const { definitions: _, ...header } = loadJson(join(folder, profileFiles.header), "profile");
  const file = join(folder, profileFiles.measurements);
  const known = {
    workloads: header.workloads.map((workload) => workload.name),
    powerModes: powerModesOf(header.device).map((mode) => mode.name),
  };
  const { measurements, absent } = readMeasurements(file, fileChunks(file), known);
  const warnings = absent.length === 0 ? header.warnings : [...header.warnings, assumedColumnsWarning(file, absent)];
  return { ...header, warnings, measurements };
}
