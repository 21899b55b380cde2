import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { joinCommand } from "@partitune/emitter";

/** The few operations on the control-group file system; tests bring a double, since no ordinary folder behaves like one. */
export interface CgroupFiles {
  make(directory: string): Promise<void>;
  /** Fails while a process is inside. */
  remove(directory: string): Promise<void>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Names of what is in a directory. */
  list(directory: string): Promise<readonly string[]>;
  /** Lets a process enter a group by its `cgroup.procs` file, and end there; fails where a worker could not enter. */
  tryEntering(procsFile: string): Promise<void>;
  kill(processId: number): void;
}

/** The real file system. */
export const systemCgroupFiles: CgroupFiles = {
  make: async (directory) => void (await mkdir(directory)),
  remove: (directory) => rmdir(directory),
  read: (file) => readFile(file, "utf8"),
  write: (file, text) => writeFile(file, text),
  list: (directory) => readdir(directory),
  async tryEntering(procsFile) {
    const [program = "", ...args] = joinCommand({ kind: "cgroup", procsFiles: [procsFile] }, ["true"]);
    await promisify(execFile)(program, args);
  },
  kill(processId) {
    try {
      process.kill(processId, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  },
};
