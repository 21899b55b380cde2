import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Numbers of the cores that this process may use: the line "Cpus_allowed_list: 0-3,8" of /proc/self/status.
 *
 * @param root  where /proc is found
 */
export async function readAllowedCores(root = "/"): Promise<ReadonlySet<number>> {
  const status = await readFile(join(root, "proc/self/status"), "utf8");
  const ranges = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]?.split(",") ?? [];
  return new Set(
    ranges.flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }),
  );
}
