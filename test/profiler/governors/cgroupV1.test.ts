import { describe, expect, test } from "vitest";
import { cgroupV1 } from "../../../packages/profiler/src/governors/cgroupV1.ts";
import { FakeCgroupFiles } from "../fixtures/fakeCgroupFiles.ts";

const share = { kind: "cpu-share", share: 0.1 } as const;

describe("cgroup-v1", () => {
  const fake = {
    "/proc/self/mounts": "cgroup /sys/fs/cgroup/cpu\\040time cgroup rw,cpuacct,cpu 0 0\n",
    "/proc/self/cgroup": "4:memory:/a\n3:cpuacct,cpu:/docker/1\n0::/\n",
  };

  test("writes the period before the quota, below the group that this process is in", async () => {
    const files = new FakeCgroupFiles({ files: fake });
    const partition = await cgroupV1({ root: "/", cores: 2, processId: 7 }, files).prepare({
      kind: "cpu-share",
      share: 0.75,
    });
    const group = String(partition.settings.group);
    expect(group).toMatch(/^\/sys\/fs\/cgroup\/cpu time\/docker\/1\/partitune-measure-7-\d+$/);
    expect(files.contents.get(`${group}/cpu.cfs_period_us`)).toBe("12000");
    expect(files.contents.get(`${group}/cpu.cfs_quota_us`)).toBe("18000");
    expect(partition).toMatchObject({ threads: 2, settings: { quota_s: 0.018, period_s: 0.012 } });
  });

  test("a share too small for the shortest quota gets a longer period", async () => {
    const files = new FakeCgroupFiles({ files: fake });
    const partition = await cgroupV1({ root: "/", cores: 2, processId: 7 }, files).prepare({
      kind: "cpu-share",
      share: 0.02,
    });
    expect(partition.settings).toMatchObject({ quota_s: 0.001, period_s: 0.025 });
  });

  test("says so when the controller is not mounted", async () => {
    const refused = await cgroupV1({ root: "/", cores: 2, processId: 7 }, new FakeCgroupFiles({ files: {} })).available(
      share,
    );
    expect(refused).toEqual({ ok: false, reason: "no cgroup v1 hierarchy with the cpu controller is mounted" });
  });
});
