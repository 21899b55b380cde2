import { dirname, join } from "node:path";
import { type CgroupFiles, systemCgroupFiles } from "./cgroupFiles.ts";
import { cgroupGovernor } from "./cgroupGovernor.ts";
import { findCgroupV2 } from "./cgroupMount.ts";
import type { Governor } from "./governor.ts";
import type { Machine } from "./machine.ts";

/**
 * CPU shares by the bandwidth control of control groups, version 2 (`cpu.max`). Needs a writable group that contains this
 * process and hands the cpu controller on: root has one everywhere, a user of systemd in the part that is delegated to them.
 * Where the controller first had to be enabled for the children of a group it stays enabled, which limits nothing.
 */
export function cgroupV2(machine: Machine, files: CgroupFiles = systemCgroupFiles): Governor {
  return cgroupGovernor(
    {
      name: "cgroup-v2",
      async findParents() {
        const mount = await findCgroupV2(files, machine.root);
        if (mount === undefined) return { parents: [], reason: "no cgroup v2 hierarchy is mounted" };
        const controllers = await read(files, join(mount.mountPoint, "cgroup.controllers"));
        if (!hasCpu(controllers))
          return { parents: [], reason: "cgroup v2 has no cpu controller (it may be in use by v1)" };
        return { parents: await usableFirst(files, ancestors(mount.mountPoint, mount.ownPath)), reason: "" };
      },
      async enable(_, parent) {
        if (!(await handsCpuOn(files, parent))) await files.write(join(parent, "cgroup.subtree_control"), "+cpu");
      },
      limits: ({ quotaMicroseconds, periodMicroseconds }) => [
        ["cpu.max", `${quotaMicroseconds} ${periodMicroseconds}`],
      ],
    },
    files,
    machine,
  );
}

/** Groups that hand the controller on already come first, so that nothing is enabled without need. */
async function usableFirst(files: CgroupFiles, groups: readonly string[]): Promise<readonly string[]> {
  const ready = await Promise.all(groups.map((group) => handsCpuOn(files, group)));
  return [...groups.filter((_, i) => ready[i]), ...groups.filter((_, i) => !ready[i])];
}

async function handsCpuOn(files: CgroupFiles, group: string): Promise<boolean> {
  return hasCpu(await read(files, join(group, "cgroup.subtree_control")));
}

function read(files: CgroupFiles, file: string): Promise<string> {
  return files.read(file).catch(() => "");
}

function hasCpu(controllers: string): boolean {
  return controllers.trim().split(/\s+/).includes("cpu");
}

/** Directories of a group and of all groups around it, the innermost first. */
function ancestors(mountPoint: string, path: string): readonly string[] {
  return path === "/" ? [mountPoint] : [join(mountPoint, path), ...ancestors(mountPoint, dirname(path))];
}
