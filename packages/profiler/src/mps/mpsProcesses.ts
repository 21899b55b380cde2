import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A process of MPS on this machine. */
export interface MpsProcess {
  readonly pid: number;
  readonly role: "daemon" | "server";
  /** Its user. */
  readonly uid: number;
  /** Variables it was started with; null where this user may not look. */
  readonly environment: Readonly<Record<string, string>> | null;
}

/**
 * The control daemons and servers of MPS that run, whosever they are. A control program that only asks a daemon is none.
 *
 * @param root  where /proc is found
 */
export async function mpsProcesses(root = "/"): Promise<readonly MpsProcess[]> {
  const names = await readdir(join(root, "proc")).catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(root, name)));
  return found.filter((each) => each !== undefined);
}

/** The processes of one daemon, known by its folder of pipes. */
export async function daemonProcesses(folder: string, root = "/"): Promise<readonly number[]> {
  const all = await mpsProcesses(root);
  return all.flatMap(({ pid, environment }) => (environment?.CUDA_MPS_PIPE_DIRECTORY === folder ? [pid] : []));
}

async function readProcess(root: string, name: string): Promise<MpsProcess | undefined> {
  const folder = join(root, "proc", name);
  const words = await readWords(join(folder, "cmdline"));
  const role = words === null ? undefined : roleOf(words);
  if (role === undefined) return undefined;
  const environment = await readWords(join(folder, "environ"));
  const owner = await stat(folder).catch(() => undefined);
  if (owner === undefined) return undefined; // it has ended meanwhile
  return { pid: Number(name), role, uid: owner.uid, environment: environment && toVariables(environment) };
}

/** The program may be run by an interpreter, which is then the first word. */
function roleOf(words: readonly string[]): MpsProcess["role"] | undefined {
  const at = words.slice(0, 2).findIndex((word) => /(?:^|\/)nvidia-cuda-mps-(?:control|server)$/.test(word));
  if (at < 0) return undefined;
  if (words[at]!.endsWith("server")) return "server";
  return words.slice(at + 1).some((word) => /^(?:-[A-Za-z]*[df][A-Za-z]*|--daemon|--foreground)$/.test(word))
    ? "daemon"
    : undefined;
}

async function readWords(path: string): Promise<readonly string[] | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : text.split("\0");
}

function toVariables(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.flatMap((word) =>
      word.includes("=") ? [[word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]] : [],
    ),
  );
}
