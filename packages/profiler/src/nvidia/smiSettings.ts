import { type Hertz, InputError } from "@partitune/schema";
import { nvmlAdvice } from "./nvmlErrors.ts";
import { firstLine, runSmi } from "./runSmi.ts";

/** Options that lock a clock to a range of MHz, and that lift the lock. */
const locks = { gpu: ["-lgc", "-rgc"], memory: ["-lmc", "-rmc"] } as const;

/** What locks a clock of a card; null lifts the lock. */
export function lockOption(which: keyof typeof locks, hertz: Hertz | null): readonly string[] {
  const megahertz = hertz === null ? null : Math.round(hertz / 1e6);
  const [on, off] = locks[which];
  return megahertz === null ? [off] : [on, `${megahertz},${megahertz}`];
}

/**
 * Changes a setting of a card. Some releases end with 0 after having refused: "… is not supported … Treating as warning and moving on".
 *
 * @param what  the setting, in words
 * @throws InputError when it was refused
 */
export async function smiChange(program: string, uuid: string, what: string, argv: readonly string[]): Promise<void> {
  const { code, text } = await runSmi(program, ["-i", uuid, ...argv]);
  if (code === 0 && !/not supported|treating as warning|permission/i.test(text)) return;
  throw smiRefused(uuid, what, firstLine(text) || `nvidia-smi ended with ${code}`, code === 0 ? 3 : code);
}

/** The error of a setting that was refused. */
export function smiRefused(uuid: string, what: string, why: string, code: number): InputError {
  return new InputError({ what: `${uuid}: ${what}`, problem: `was refused: ${why}`, advice: nvmlAdvice(code) });
}
