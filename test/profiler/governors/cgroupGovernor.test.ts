import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinCommand } from "@partitune/emitter";
import { describe, expect, test } from "vitest";
import { startWorker } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { cgroupV1 } from "../../../packages/profiler/src/governors/cgroupV1.ts";
import { cgroupV2 } from "../../../packages/profiler/src/governors/cgroupV2.ts";
import { thisMachine } from "../../../packages/profiler/src/governors/machine.ts";

const machine = thisMachine();
const share = { kind: "cpu-share", share: 0.2 / machine.cores } as const;
for (const create of [cgroupV2, cgroupV1]) {
  const governor = create(machine);
  const availability = await governor.available(share);
  const skipped = availability.ok ? "" : ` (skipped: ${availability.reason})`;

  describe.skipIf(!availability.ok)(`${governor.name} on this machine${skipped}`, () => {
    test("every thread of a worker is inside from its first moment", async () => {
      const partition = await governor.prepare(share);
      const group = String(partition.settings.group);
      try {
        const fixture = fileURLToPath(new URL("../fixtures/faultyWorker.mjs", import.meta.url));
        const worker = await startWorker({ argv: joinCommand(partition.join, [process.execPath, fixture, "behave"]) });
        const threads = readdirSync(`/proc/${worker.pid}/task`);
        const list = existsSync(join(group, "cgroup.threads")) ? "cgroup.threads" : "tasks";
        const inside = readFileSync(join(group, list), "utf8").trim().split("\n");
        expect(threads.length).toBeGreaterThan(1);
        expect(inside).toEqual(expect.arrayContaining(threads));
        await worker.close();
      } finally {
        await partition.release();
      }
      expect(existsSync(group)).toBe(false);
    });

    test("processor time stays within the share", async () => {
      const partition = await governor.prepare(share);
      try {
        const busy =
          "const s=process.hrtime.bigint(),c=process.cpuUsage();while(process.hrtime.bigint()-s<400000000n);const u=process.cpuUsage(c);console.log((u.user+u.system)/1e6/(Number(process.hrtime.bigint()-s)/1e9))";
        const [program = "", ...args] = joinCommand(partition.join, [process.execPath, "-e", busy]);
        const cores = Number(spawnSync(program, args, { encoding: "utf8" }).stdout);
        expect(cores).toBeGreaterThan(0);
        expect(cores).toBeLessThan(0.2 * 1.25);
      } finally {
        await partition.release();
      }
    });

    test("releasing ends what still runs inside, and may be repeated", async () => {
      const partition = await governor.prepare(share);
      const fixture = fileURLToPath(new URL("../fixtures/faultyWorker.mjs", import.meta.url));
      const worker = await startWorker({ argv: joinCommand(partition.join, [process.execPath, fixture, "stubborn"]) });
      await partition.release();
      await partition.release();
      expect(existsSync(String(partition.settings.group))).toBe(false);
      await expect(worker.run(1, 5)).rejects.toMatchObject({ code: "out-of-memory" });
      await worker.close();
    });

    test("a group that a killed process has left is removed on the next start, that of a running one stays", async () => {
      const partition = await governor.prepare(share);
      const parent = dirname(String(partition.settings.group));
      const stale = join(parent, `partitune-measure-${spawnSync("true").pid}-1`);
      const living = join(parent, "partitune-measure-1-1");
      mkdirSync(stale);
      mkdirSync(living);
      try {
        await create(machine).available(share);
        const groups = [stale, living, String(partition.settings.group)];
        expect(groups.map((group) => existsSync(group))).toEqual([false, true, true]);
      } finally {
        rmdirSync(living);
        await partition.release();
      }
    });
  });
}
