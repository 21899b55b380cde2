import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joinCommand } from "@partitune/emitter";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { affinity } from "../../../packages/profiler/src/governors/affinity.ts";
import { thisMachine } from "../../../packages/profiler/src/governors/machine.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "partitune-root-"));
  await mkdir(join(root, "proc/self"), { recursive: true });
  await writeFile(
    join(root, "proc/self/status"),
    "Name:\tnode\nCpus_allowed:\t10f\nCpus_allowed_list:\t0-3,8\nMems_allowed_list:\t0\n",
  );
  await writeFile(join(root, "taskset"), "", { mode: 0o755 });
});
afterAll(() => rm(root, { recursive: true }));

const bound = { kind: "core-set", cores: [0] } as const;
const here = await affinity(thisMachine()).available(bound);

test.skipIf(!here.ok)(`a process runs on its cores only${here.ok ? "" : ` (skipped: ${here.reason})`}`, async () => {
  const { join: way, threads } = await affinity(thisMachine()).prepare(bound);
  const [program = "", ...args] = joinCommand(way, ["grep", "Cpus_allowed_list", "/proc/self/status"]);
  expect(spawnSync(program, args, { encoding: "utf8" }).stdout.trim().split("\t")[1]).toBe("0");
  expect(threads).toBe(1);
});

describe("on a machine with cores 0 to 3 and 8", () => {
  const machine = () => ({ root, cores: 5, processId: 1 });

  test("those may be asked for", async () => {
    expect(await affinity(machine(), root).available({ kind: "core-set", cores: [3, 8] })).toEqual({ ok: true });
    expect(await affinity(machine(), root).available({ kind: "core-set", cores: [3, 4] })).toEqual({
      ok: false,
      reason: "core 4 is none of those this process may use: 0, 1, 2, 3, 8",
    });
  });

  test("as many threads run as there are cores in the set", async () => {
    const prepared = await affinity(machine(), root).prepare({ kind: "core-set", cores: [1, 3, 8] });
    expect(prepared).toMatchObject({
      threads: 3,
      mechanism: "affinity to cores 1, 3, 8",
      join: { kind: "affinity", cores: [1, 3, 8] },
    });
  });

  test("the program that binds must be installed", async () => {
    expect(await affinity(machine(), join(root, "proc")).available(bound)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("util-linux"),
    });
  });
});
