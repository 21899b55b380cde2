import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Reading, tryReading } from "./reading.ts";

/**
 * Processor time of all processes that are or were in a control group, in seconds: exact to the nanosecond in version 1
 * (`cpuacct.usage`, where the controller is mounted together with cpu), to the microsecond in version 2 (`cpu.stat`).
 *
 * @param group  directory of the group
 */
export async function readCgroupCpu(group: string): Promise<Reading> {
  const stat = await readFile(join(group, "cpu.stat"), "utf8").catch(() => "");
  const microseconds = /^usage_usec (\d+)$/m.exec(stat)?.[1];
  if (microseconds !== undefined) return { value: Number(microseconds) / 1e6 };
  const usage = join(group, "cpuacct.usage");
  return tryReading(usage, async () => Number(await readFile(usage, "utf8")) / 1e9);
}
