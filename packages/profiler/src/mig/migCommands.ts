import { execFile } from "node:child_process";
import { type ListedInstance, parseMigListing, type Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { systemClock } from "../systemClock.ts";

/** What nvidia-smi said. */
export interface SmiAnswer {
  readonly ok: boolean;
  readonly text: string;
}

const smiPatience: Seconds = 60;
/** The driver may take so long to let go of an instance whose last process has just ended. */
const settlePatience: Seconds = 5;
const pause: Seconds = 0.2;

/** Has nvidia-smi do something with the MIG instances of a card. Never throws. */
export function tellSmi(program: string, words: readonly string[]): Promise<SmiAnswer> {
  return new Promise((resolve) => {
    execFile(program, ["mig", ...words], { timeout: smiPatience * 1e3 }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, text: text === "" && error !== null ? error.message : text });
    });
  });
}

/**
 * The instances that a card has.
 *
 * @throws Error with the words of nvidia-smi when it does not list them
 */
async function listInstances(program: string, uuid: string): Promise<readonly ListedInstance[]> {
  const answer = await tellSmi(program, ["-i", uuid, "-lgi"]);
  if (!answer.ok && answer.text.includes("No GPU instances found")) return [];
  if (!answer.ok) throw new Error(`nvidia-smi mig -i ${uuid} -lgi failed: ${answer.text}`);
  return parseMigListing(answer.text).gpus.flatMap(({ instances }) => instances);
}

/** A MIG instance that was made, known by its card, profile and place: its number is the driver's, and may be given to another one later. */
export interface MadeInstance {
  readonly uuid: string;
  readonly profileId: number;
  readonly start: number;
}

/**
 * Destroys an instance with its compute instances; one that is not there is none.
 *
 * @throws Error with the words of nvidia-smi when it stays, as while a process uses it
 */
export async function destroyInstance(program: string, { uuid, profileId, start }: MadeInstance): Promise<void> {
  const end = monotonicSeconds() + settlePatience;
  for (;;) {
    const found = (await listInstances(program, uuid)).find(
      (each) => each.start === start && each.profileId === profileId,
    );
    if (found === undefined) return;
    const gi = String(found.id);
    await tellSmi(program, ["-i", uuid, "-dci", "-gi", gi]); // fails where it has none
    const answer = await tellSmi(program, ["-i", uuid, "-dgi", "-gi", gi]);
    if (answer.ok) continue;
    if (monotonicSeconds() > end) throw new Error(`nvidia-smi mig -i ${uuid} -dgi -gi ${gi} failed: ${answer.text}`);
    await systemClock.sleep(pause);
  }
}
