import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { InputError } from "@partitune/schema";
import type { GatheredWindows, Minibatch } from "./minibatch.ts";

/** A file that minibatches and windows are written to, a JSON line each. */
export interface MinibatchLog {
  minibatch(minibatch: Minibatch): void;
  window(window: GatheredWindows): void;
  close(): void;
}

/** What a log holds. */
export interface LoggedTurns {
  readonly minibatches: readonly Minibatch[];
  readonly windows: readonly GatheredWindows[];
}

const flushMilliseconds = 500;

/**
 * Opens a log. Lines are gathered and written twice a second, so that writing does not come between minibatches.
 *
 * @param path  undefined: nothing is kept
 * @throws InputError when it cannot be written
 */
export function openMinibatchLog(path: string | undefined): MinibatchLog {
  if (path === undefined) return { minibatch: () => {}, window: () => {}, close: () => {} };
  const file = openFile(path);
  let pending = "";
  const flush = () => {
    if (pending !== "") writeSync(file, pending);
    pending = "";
  };
  const timer = setInterval(flush, flushMilliseconds);
  const add = (line: object) => {
    pending += `${JSON.stringify(line)}\n`;
  };
  return {
    minibatch: add,
    window: add,
    close: () => {
      clearInterval(timer);
      flush();
      closeSync(file);
    },
  };
}

/** Reads a log; a last line that was cut off is left out. */
export function readMinibatchLog(path: string): LoggedTurns {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const entries = lines.map((line) => JSON.parse(line) as Minibatch | GatheredWindows);
  return {
    minibatches: entries.filter((entry) => "task" in entry),
    windows: entries.filter((entry) => "opened" in entry),
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new InputError({
      what: `log "${path}"`,
      problem: `cannot be written (${error instanceof Error ? error.message : String(error)})`,
      advice: "choose a file in a folder that can be written",
    });
  }
}
