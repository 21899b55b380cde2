import { readdirSync } from "node:fs";
import { join } from "node:path";

const name = "libnvidia-ml.so.1";

/** Where drivers put the library besides the loader's own search path: distributions, containers, WSL. */
const folders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/lib/wsl/lib",
  "/usr/local/nvidia/lib64",
  "/usr/local/nvidia/lib",
  "/run/opengl-driver/lib",
];

/** WSL keeps a copy per driver below this folder. */
const wslDrivers = "/usr/lib/wsl/drivers";

/**
 * Names under which the driver's library may be loaded, best first. The loader's own search comes first, so that LD_LIBRARY_PATH has its say.
 *
 * @param library  a path that the user gave; then it is the only one
 */
export function libraryCandidates(library?: string): readonly string[] {
  if (library !== undefined) return [library];
  return [name, ...folders.map((folder) => join(folder, name)), ...wslCandidates()];
}

function wslCandidates(): readonly string[] {
  try {
    return readdirSync(wslDrivers)
      .sort()
      .map((driver) => join(wslDrivers, driver, name));
  } catch {
    return [];
  }
}
