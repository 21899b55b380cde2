import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readAllowedCores } from "./readAllowedCores.ts";
import { type Reading, tryReading } from "./reading.ts";

/** Ticks of processor time in /proc, USER_HZ: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** Columns of /proc/stat in which a core does not work: idle, and waiting for a disk. Time stolen by other machines counts as work. */
const idleColumns = [3, 4];
/** Guests are counted in user and nice already. */
const countedColumns = 8;

/**
 * Processor time that the cores this process may use have spent on anything since the machine started, in steps of 10 ms.
 *
 * @param root  where /proc is found
 */
export async function readBusyCpu(root = "/"): Promise<Reading> {
  const file = join(root, "proc/stat");
  return tryReading(file, async () => {
    const cores = await readAllowedCores(root);
    const lines = (await readFile(file, "utf8")).split("\n").map((line) => line.split(" "));
    const own = lines.filter(([name = ""]) => /^cpu\d+$/.test(name) && cores.has(Number(name.slice(3))));
    const ticks = own.flatMap(([, ...columns]) =>
      columns.slice(0, countedColumns).map((text, i) => (idleColumns.includes(i) ? 0 : Number(text))),
    );
    return ticks.length === 0 ? Number.NaN : ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond;
  });
}
