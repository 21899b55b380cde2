import { describe, expect, test } from "vitest";
import { cgroupV2 } from "../../../packages/profiler/src/governors/cgroupV2.ts";
import type { Machine } from "../../../packages/profiler/src/governors/machine.ts";
import { FakeCgroupFiles, type FakeCgroups } from "../fixtures/fakeCgroupFiles.ts";

const machine: Machine = { root: "/", cores: 4, processId: 100 };
const mounts = "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n";
const quarter = { kind: "cpu-share", share: 0.25 } as const;
const session = "/sys/fs/cgroup/user.slice/user@1000.service";

/** A user's session below systemd, which hands the processor on below user@1000.service. */
const delegated: FakeCgroups = {
  files: {
    "/proc/self/mounts": mounts,
    "/proc/self/cgroup": "0::/user.slice/user@1000.service/app.slice/shell.scope\n",
    "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
    "/sys/fs/cgroup/cgroup.subtree_control": "cpu memory pids\n",
    "/sys/fs/cgroup/user.slice/cgroup.subtree_control": "cpu memory pids\n",
    [`${session}/cgroup.subtree_control`]: "cpu memory pids\n",
    [`${session}/app.slice/cgroup.subtree_control`]: "memory pids\n",
    [`${session}/app.slice/cgroup.procs`]: "",
    [`${session}/app.slice/shell.scope/cgroup.subtree_control`]: "",
    [`${session}/app.slice/shell.scope/cgroup.procs`]: "100\n",
  },
  processes: ["1", "100", "self"],
  writable: session,
};

async function reasonOf(fake: FakeCgroups): Promise<string> {
  const availability = await cgroupV2(machine, new FakeCgroupFiles(fake)).available(quarter);
  return availability.ok ? "available" : availability.reason;
}

describe("cgroup-v2", () => {
  test("limits a share in the nearest group that hands the processor on", async () => {
    const files = new FakeCgroupFiles(delegated);
    const governor = cgroupV2(machine, files);
    expect(await governor.available(quarter)).toEqual({ ok: true });
    const before = [...files.contents.keys()];
    const partition = await governor.prepare(quarter);
    const group = String(partition.settings.group);
    expect(group).toMatch(new RegExp(`^${session}/partitune-measure-100-\\d+$`));
    expect(files.contents.get(`${group}/cpu.max`)).toBe("12000 12000");
    expect(partition).toMatchObject({
      mechanism: "cgroup-v2 quota 12 ms every 12 ms",
      join: { kind: "cgroup", procsFiles: [`${group}/cgroup.procs`] },
      threads: 1,
    });
    await partition.release();
    await partition.release();
    expect([...files.contents.keys()]).toEqual(before);
  });

  test("enables the controller where nobody hands it on", async () => {
    const files = new FakeCgroupFiles({
      files: {
        "/proc/self/mounts": mounts,
        "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/cgroup.controllers": "cpu\n",
        "/sys/fs/cgroup/cgroup.subtree_control": "",
      },
    });
    expect(await cgroupV2(machine, files).available(quarter)).toEqual({ ok: true });
    expect(files.contents.get("/sys/fs/cgroup/cgroup.subtree_control")).toBe("cpu");
  });

  test("removes groups of processes that were killed, with what still runs in them, and no others", async () => {
    const files = new FakeCgroupFiles({
      ...delegated,
      files: {
        ...delegated.files,
        [`${session}/partitune-measure-99-1/cgroup.procs`]: "4711\n",
        [`${session}/partitune-measure-1-1/cgroup.procs`]: "",
        [`${session}/partitune-plan-99/cgroup.procs`]: "",
      },
    });
    await cgroupV2(machine, files).available(quarter);
    const groups = (await files.list(session)).filter((name) => name.startsWith("partitune"));
    expect(groups).toEqual(["partitune-measure-1-1", "partitune-plan-99"]);
    expect(files.killed).toEqual([4711]);
  });

  test.each<[string, FakeCgroups, RegExp]>([
    ["v2 is not mounted", { files: {} }, /^no cgroup v2 hierarchy is mounted$/],
    [
      "v1 has the controller",
      { files: { "/proc/self/mounts": mounts, "/sys/fs/cgroup/cgroup.controllers": "memory\n" } },
      /no cpu controller \(it may be in use by v1\)/,
    ],
    ["nothing is writable", { ...delegated, writable: "/nowhere" }, /^\/sys\/fs\/cgroup.*: EACCES/],
    ["processes may not enter", { ...delegated, mayEnter: false }, /cgroup.procs/],
  ])("says why it cannot when %s", async (_, fake, reason) => {
    expect(await reasonOf(fake)).toMatch(reason);
  });

  test("leaves nothing behind when trying it out fails", async () => {
    const files = new FakeCgroupFiles({ ...delegated, mayEnter: false });
    await cgroupV2(machine, files).available(quarter);
    expect([...files.contents.keys()].some((file) => file.includes("partitune"))).toBe(false);
  });
});
