import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";

/** A process that undoes a deployment when this one has ended, however it ends. */
export interface Guard {
  /**
   * Has the deployment undone now: the guard does it in the same way as if this process had been killed.
   *
   * @returns true when nothing is left
   */
  release(): Promise<boolean>;
}

/**
 * It waits for the end of its standard input, which is the other end of a pipe that only this process holds; the kernel closes
 * it even after SIGKILL. Signals of the terminal do not concern it.
 */
const guardText = `trap '' INT TERM HUP; cat > /dev/null; "$1"; left=$?; rmdir -- "$2" 2> /dev/null; exit "$left"`;

/**
 * @param stopScript  undoes the deployment; exit code 0 when nothing is left
 * @param runFolder  removed afterwards when it is empty
 * @param log  file for what the script prints
 */
export function startGuard(
  stopScript: string,
  runFolder: string,
  environment: Readonly<Record<string, string>>,
  log: string,
): Guard {
  const printed = openSync(log, "w");
  try {
    const child = spawn("sh", ["-c", guardText, "partitune-guard", stopScript, runFolder], {
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ["pipe", printed, printed],
    });
    return guardOf(child);
  } finally {
    closeSync(printed);
  }
}

function guardOf(child: ChildProcess): Guard {
  const ended = once(child, "close") as Promise<[number | null]>;
  // Who releases it sees the failure; until then nobody is there to.
  ended.catch(() => {});
  return {
    release: async () => {
      child.stdin!.end();
      const [code] = await ended;
      return code === 0;
    },
  };
}
