import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Seconds } from "@partitune/schema";

/** The programs of a board's release, found by a search path. */
export interface BoardPrograms {
  readonly searchPath: string;
  /** Absolute path of a program; undefined where there is none. */
  find(name: string): string | undefined;
  /**
   * Runs a program to its end, without a shell.
   *
   * @param input  all that its standard input holds
   * @returns its exit code, null when it was ended by a signal or did not start, and what it said on both outputs
   */
  run(argv: readonly string[], input?: string): Promise<ProgramEnd>;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly output: string;
}

/** Switching a mode takes a second or two; a program that asks for something and waits must not hang a campaign. */
const patience: Seconds = 30;

export function boardPrograms(searchPath: string = process.env.PATH ?? ""): BoardPrograms {
  return {
    searchPath,
    find: (name) =>
      searchPath
        .split(delimiter)
        .map((folder) => join(folder, name))
        .find(isProgram),
    run: (argv, input = "") => run(argv, input, searchPath),
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(argv: readonly string[], input: string, searchPath: string): Promise<ProgramEnd> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { env: { ...process.env, PATH: searchPath } });
  const said: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => said.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  // A program that asks nothing closes its input early.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const output = () => Buffer.concat(said).toString();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      said.push(Buffer.from(`\nit was ended after ${patience} s`));
      child.kill("SIGKILL");
    }, patience * 1e3);
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: `${output()}${error.message}` });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output: output() });
    });
  });
}
