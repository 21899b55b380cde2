import { lstat, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, normalize } from "node:path";
import type { Restorer, StepOf } from "./restorer.ts";

/** Folders that were made: removed with everything in them, links not followed. */
export const folder: Restorer<StepOf<"folder">> = {
  async doubt({ path }) {
    return whyNever(path);
  },
  async readBack({ path }) {
    return (await find(path)) === undefined ? "back" : { differs: "it is still there" };
  },
  async restore({ path }) {
    const never = whyNever(path) ?? (await whyNotOurs(path));
    if (never !== undefined) throw new Error(never);
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  },
};

/** What no measurement can have made, whoever wrote the step. */
function whyNever(path: string): string | undefined {
  if (normalize(path) !== path || path.endsWith("/")) return "its path is not in its shortest form";
  if (dirname(path) === "/") return "a folder at the top of the file system is not removed";
  const home = homedir();
  return home === path || home.startsWith(`${path}/`) ? "a folder that holds a home is not removed" : undefined;
}

async function whyNotOurs(path: string): Promise<string | undefined> {
  const found = await find(path);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return "it is no folder";
  if (found.uid !== process.geteuid?.()) return `it belongs to user ${found.uid}`;
  const parent = await lstat(dirname(path));
  return parent.dev === found.dev ? undefined : "a file system is mounted there";
}

function find(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
