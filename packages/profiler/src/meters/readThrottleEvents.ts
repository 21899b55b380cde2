import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reading } from "./reading.ts";

/**
 * Times that a core or its package has lowered its clock for its temperature since the machine started (Linux on x86).
 *
 * @param root  where /sys is found
 */
export async function readThrottleEvents(root = "/"): Promise<Reading> {
  const folder = join(root, "sys/devices/system/cpu");
  const cores = (await readdir(folder).catch(() => [])).filter((name) => /^cpu\d+$/.test(name));
  const counts = await Promise.all(
    cores.flatMap((core) =>
      ["core_throttle_count", "package_throttle_count"].map((name) =>
        readFile(join(folder, core, "thermal_throttle", name), "utf8").then(Number, () => Number.NaN),
      ),
    ),
  );
  const known = counts.filter(Number.isFinite);
  if (known.length > 0) return { value: known.reduce((sum, count) => sum + count, 0) };
  return {
    value: null,
    reason: `${folder} shows no thermal throttling: this processor, or this virtual machine, does not tell`,
  };
}
