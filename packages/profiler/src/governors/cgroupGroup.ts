import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CgroupFiles } from "./cgroupFiles.ts";
import type { Machine } from "./machine.ts";

/** Groups say whose they are, so that those of a process that was killed are recognised and removed. */
const namePattern = /^partitune-measure-(?<processId>\d+)-\d+$/;

let groupsMade = 0;

/** Makes a group of this process below a parent and returns its directory. */
export async function makeGroup(files: CgroupFiles, machine: Machine, parent: string): Promise<string> {
  groupsMade += 1;
  const directory = join(parent, `partitune-measure-${machine.processId}-${groupsMade}`);
  await files.make(directory);
  return directory;
}

const removalAttempts = 50;
const removalPauseMilliseconds = 20;

/** Ends what still runs in a group and removes it. The kernel needs a moment until the last process is out. */
export async function removeGroup(files: CgroupFiles, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    for (const processId of await processesIn(files, directory)) files.kill(processId);
    try {
      return await files.remove(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      if (attempt === removalAttempts) throw error;
    }
    await sleep(removalPauseMilliseconds);
  }
}

/** Removes the groups below a parent whose makers have ended without doing so. */
export async function removeStaleGroups(files: CgroupFiles, machine: Machine, parent: string): Promise<void> {
  const running = new Set(await files.list(join(machine.root, "proc")));
  for (const name of await files.list(parent)) {
    const processId = namePattern.exec(name)?.groups?.processId;
    if (processId !== undefined && !running.has(processId)) await removeGroup(files, join(parent, name));
  }
}

async function processesIn(files: CgroupFiles, directory: string): Promise<readonly number[]> {
  const text = await files.read(join(directory, "cgroup.procs")).catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}
