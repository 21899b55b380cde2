import { join } from "node:path";
import type { CgroupFiles } from "./cgroupFiles.ts";

/** A mounted hierarchy of control groups and this process's place in it. */
export interface CgroupMount {
  readonly mountPoint: string;
  /** Path of this process's group below the mount point, "/" for the top. */
  readonly ownPath: string;
}

/** The v1 hierarchy of a controller, or undefined when there is none. */
export async function findCgroupV1(
  files: CgroupFiles,
  root: string,
  controller: string,
): Promise<CgroupMount | undefined> {
  const isOurs = (type: string, options: readonly string[]) => type === "cgroup" && options.includes(controller);
  return findMount(files, root, isOurs, (controllers) => controllers.split(",").includes(controller));
}

/** The v2 hierarchy, or undefined when there is none. */
export async function findCgroupV2(files: CgroupFiles, root: string): Promise<CgroupMount | undefined> {
  return findMount(
    files,
    root,
    (type) => type === "cgroup2",
    (controllers) => controllers === "",
  );
}

/** Lines of /proc/self/mounts: device, directory, type, options. Of /proc/self/cgroup: number, controllers, path. */
async function findMount(
  files: CgroupFiles,
  root: string,
  isMount: (type: string, options: readonly string[]) => boolean,
  isGroup: (controllers: string) => boolean,
): Promise<CgroupMount | undefined> {
  const mounts = (await files.read(join(root, "proc/self/mounts")).catch(() => "")).split("\n");
  const mount = mounts
    .map((line) => line.split(" "))
    .find(([, , type = "", options = ""]) => isMount(type, options.split(",")));
  const groups = (await files.read(join(root, "proc/self/cgroup")).catch(() => "")).split("\n");
  const group = groups
    .map((line) => line.split(":"))
    .find(([, controllers]) => controllers !== undefined && isGroup(controllers));
  if (mount === undefined) return undefined;
  return { mountPoint: join(root, unescaped(mount[1]!)), ownPath: group?.slice(2).join(":") ?? "/" };
}

/** Spaces and the like stand as \040 in the mount table. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
