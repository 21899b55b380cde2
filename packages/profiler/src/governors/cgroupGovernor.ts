import { join } from "node:path";
import { type CpuQuota, cpuQuota } from "@partitune/emitter";
import { type Partition, partitionThreads } from "@partitune/schema";
import type { CgroupFiles } from "./cgroupFiles.ts";
import { makeGroup, removeGroup, removeStaleGroups } from "./cgroupGroup.ts";
import type { Availability, Governor, PreparedPartition } from "./governor.ts";
import type { Machine } from "./machine.ts";

/** What differs between the two versions of control groups. */
export interface CgroupVersion {
  readonly name: string;
  /** Groups below which a new one may be possible, nearest first; empty with the reason when there are none. */
  findParents(
    files: CgroupFiles,
    machine: Machine,
  ): Promise<{ readonly parents: readonly string[]; readonly reason: string }>;
  /** Makes the processor controller usable for the children of a group. */
  enable(files: CgroupFiles, parent: string): Promise<void>;
  /** Files of a group and what to write into them, in order. */
  limits(quota: CpuQuota): readonly (readonly [file: string, text: string])[];
}

/** A governor that limits processor time by the quota of a control group. */
export function cgroupGovernor(version: CgroupVersion, files: CgroupFiles, machine: Machine): Governor {
  let usable: Promise<{ readonly parent: string } | { readonly reason: string }> | undefined;
  const findParent = () => {
    usable ??= findUsableParent(version, files, machine);
    return usable;
  };
  return {
    name: version.name,
    sets: ({ kind }) => kind === "cpu-share",
    async available(): Promise<Availability> {
      const found = await findParent();
      return "parent" in found ? { ok: true } : { ok: false, reason: found.reason };
    },
    async prepare(partition) {
      const found = await findParent();
      if (partition.kind !== "cpu-share" || !("parent" in found))
        throw new Error(`${version.name} cannot set this partition`);
      return prepareGroup(version, files, machine, found.parent, partition);
    },
  };
}

/** Tries it out: rights, mounts and delegation have too many rules to be foretold. */
async function findUsableParent(
  version: CgroupVersion,
  files: CgroupFiles,
  machine: Machine,
): Promise<{ readonly parent: string } | { readonly reason: string }> {
  const { parents, reason } = await version.findParents(files, machine);
  let refusal = reason;
  for (const parent of parents) {
    try {
      await version.enable(files, parent);
      await removeStaleGroups(files, machine, parent);
      await probe(version, files, machine, parent);
      return { parent };
    } catch (error) {
      refusal = `${parent}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
    }
  }
  return { reason: refusal };
}

async function probe(version: CgroupVersion, files: CgroupFiles, machine: Machine, parent: string): Promise<void> {
  const directory = await makeGroup(files, machine, parent);
  try {
    await setLimits(version, files, directory, cpuQuota(1, machine.cores));
    await files.tryEntering(join(directory, "cgroup.procs"));
  } finally {
    await removeGroup(files, directory);
  }
}

async function prepareGroup(
  version: CgroupVersion,
  files: CgroupFiles,
  machine: Machine,
  parent: string,
  partition: Extract<Partition, { readonly kind: "cpu-share" }>,
): Promise<PreparedPartition> {
  const quota = cpuQuota(partition.share, machine.cores);
  const directory = await makeGroup(files, machine, parent);
  try {
    await setLimits(version, files, directory, quota);
  } catch (error) {
    await removeGroup(files, directory);
    throw error;
  }
  const { quotaMicroseconds, periodMicroseconds } = quota;
  return {
    mechanism: `${version.name} quota ${quotaMicroseconds / 1e3} ms every ${periodMicroseconds / 1e3} ms`,
    join: { kind: "cgroup", procsFiles: [join(directory, "cgroup.procs")] },
    threads: partitionThreads(partition, machine),
    settings: { quota_s: quotaMicroseconds / 1e6, period_s: periodMicroseconds / 1e6, group: directory },
    release: () => removeGroup(files, directory),
  };
}

async function setLimits(
  version: CgroupVersion,
  files: CgroupFiles,
  directory: string,
  quota: CpuQuota,
): Promise<void> {
  for (const [file, text] of version.limits(quota)) await files.write(join(directory, file), text);
}
