import { join } from "node:path";
import { type CgroupFiles, systemCgroupFiles } from "./cgroupFiles.ts";
import { cgroupGovernor } from "./cgroupGovernor.ts";
import { findCgroupV1 } from "./cgroupMount.ts";
import type { Governor } from "./governor.ts";
import type { Machine } from "./machine.ts";

/** CPU shares by the bandwidth control of control groups, version 1 (`cpu.cfs_quota_us`); needs a writable group. */
export function cgroupV1(machine: Machine, files: CgroupFiles = systemCgroupFiles): Governor {
  return cgroupGovernor(
    {
      name: "cgroup-v1",
      async findParents() {
        const mount = await findCgroupV1(files, machine.root, "cpu");
        if (mount === undefined)
          return { parents: [], reason: "no cgroup v1 hierarchy with the cpu controller is mounted" };
        // Inside a container the path may name a group outside of what is mounted.
        const parents = [...new Set([join(mount.mountPoint, mount.ownPath), join(mount.mountPoint, "/")])];
        return { parents, reason: "" };
      },
      enable: async () => {},
      limits: ({ quotaMicroseconds, periodMicroseconds }) => [
        ["cpu.cfs_period_us", String(periodMicroseconds)],
        ["cpu.cfs_quota_us", String(quotaMicroseconds)],
      ],
    },
    files,
    machine,
  );
}
