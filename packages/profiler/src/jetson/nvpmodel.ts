import type { BoardPrograms } from "./programs.ts";

/** The mode that a board says it is in. */
export interface CurrentMode {
  readonly id: number;
  readonly name: string | undefined;
}

/** What became of switching a mode. */
export type ModeSwitch =
  | { readonly status: "switched" }
  /** The board wants a reboot first: it is not for us to reboot it. */
  | { readonly status: "needs-reboot"; readonly said: string }
  | { readonly status: "failed"; readonly reason: string };

/**
 * The mode in the answer of `nvpmodel -q`, warnings passed over:
 *
 *     NV Power Mode: MODE_30W
 *     2
 *
 * @returns undefined when none is set, or the answer has another form
 */
export function parseCurrentMode(answer: string): CurrentMode | undefined {
  const lines = answer.split("\n").map((line) => line.trim());
  const id = lines.findLast((line) => /^\d+$/.test(line));
  if (id === undefined) return undefined;
  const name = lines.map((line) => /^NV Power Mode:\s*(\S.*)$/.exec(line)?.[1]).find((text) => text !== undefined);
  return { id: Number(id), name };
}

/** The mode that a board is in; undefined when none is set or there is no nvpmodel. */
export async function currentMode(programs: BoardPrograms, conf?: string): Promise<CurrentMode | undefined> {
  const program = programs.find("nvpmodel");
  if (program === undefined) return undefined;
  const { output } = await programs.run([program, ...confOption(conf), "-q"]);
  return parseCurrentMode(output);
}

/**
 * Switches a board to a mode and reads back whether it is in it. A question whether to reboot is answered with no.
 *
 * @param conf  another file of modes than the board's own; `nvpmodel -f` takes one
 */
export async function switchMode(programs: BoardPrograms, id: number, conf?: string): Promise<ModeSwitch> {
  const program = programs.find("nvpmodel");
  if (program === undefined) return { status: "failed", reason: "there is no program nvpmodel" };
  const { code, output } = await programs.run([program, ...confOption(conf), "-m", String(id)], "no\n");
  if (/reboot/i.test(output)) return { status: "needs-reboot", said: lastLines(output) };
  if (code !== 0)
    return { status: "failed", reason: `nvpmodel -m ${id} failed: ${lastLines(output)}${rightsAdvice(output)}` };
  const now = await currentMode(programs, conf);
  if (now?.id === id) return { status: "switched" };
  const is = now === undefined ? "none" : `mode ${now.id}`;
  return { status: "failed", reason: `nvpmodel was asked for mode ${id} and reports ${is}${said(output)}` };
}

function confOption(conf: string | undefined): readonly string[] {
  return conf === undefined ? [] : ["-f", conf];
}

function said(output: string): string {
  const text = lastLines(output);
  return text === "" ? "" : `; it said: ${text}`;
}

function lastLines(output: string): string {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-3)
    .join(" / ");
}

/** 13 and 1 are the system's numbers for missing rights. */
function rightsAdvice(output: string): string {
  return /: (13|1)\b|permission|root/i.test(output) ? " (power modes are set by root)" : "";
}
