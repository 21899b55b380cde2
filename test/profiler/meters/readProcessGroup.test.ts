import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readProcessGroup } from "../../../packages/profiler/src/meters/index.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "partitune-root-"));
  await process(40, "node", 40, [100, 20, 3, 1], 2000);
  await process(41, "a) S 1 99 (b", 40, [6, 0, 0, 0], 500);
  await process(42, "other", 42, [900, 0, 0, 0], 9000);
  await mkdir(join(root, "proc/43"));
  await mkdir(join(root, "proc/sys"));
});
afterAll(() => rm(root, { recursive: true }));

/** As proc(5) lays it out: number, (name), state, parent, group, eight fields, then utime, stime, cutime, cstime. */
async function process(id: number, name: string, group: number, ticks: readonly number[], peakKilobytes: number) {
  await mkdir(join(root, "proc", String(id)), { recursive: true });
  const stat = [id, `(${name})`, "S", 1, group, group, 0, -1, 4194304, 1, 2, 3, 4, ...ticks, 20, 0, 11].join(" ");
  await writeFile(join(root, "proc", String(id), "stat"), stat);
  await writeFile(
    join(root, "proc", String(id), "status"),
    `Name:\tx\nVmHWM:\t    ${peakKilobytes} kB\nVmRSS:\t 1 kB\n`,
  );
}

test("all processes of the group count, whatever their names, and no others", async () => {
  expect(await readProcessGroup(40, root)).toEqual({ processes: 2, cpuSeconds: 1.3, memoryPeakBytes: 2500 * 1024 });
});

test("a group that has ended is told from one that has used nothing", async () => {
  expect(await readProcessGroup(39, root)).toBeUndefined();
});
