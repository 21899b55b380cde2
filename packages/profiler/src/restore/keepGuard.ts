import { InputError } from "@partitune/schema";
import { type GuardLink, GuardLost, startGuard } from "./guardLink.ts";
import type { GuardSettings, ToGuard } from "./guardProtocol.ts";
import type { NumberedStep, StepOutcome } from "./putBack.ts";
import { readRestoreFile } from "./readRestoreFile.ts";

/** A guard that is replaced when it is killed. */
export interface GuardKeeper {
  /**
   * Asks the guard, and another one when the first is lost meanwhile.
   *
   * @throws GuardRefusal; GuardLost when none can be had; InputError when the restore file is gone or damaged
   */
  ask(message: ToGuard): Promise<readonly StepOutcome[]>;
  /** Has everything put back. The guard has ended afterwards. */
  release(): Promise<readonly StepOutcome[]>;
}

const attempts = 3;
/** Guards that were not asked for and end by themselves; more are started only on demand. */
const mostReplaced = 5;

/**
 * Starts a guard and waits until it knows the steps.
 *
 * @param knownSteps  what another guard has to be told
 * @throws GuardLost
 */
export async function keepGuard(
  settings: GuardSettings,
  knownSteps: () => readonly NumberedStep[],
  onSurrender: (reason: string) => void,
): Promise<GuardKeeper> {
  let replaced = 0;
  let released = false;

  const start = async (): Promise<GuardLink> => {
    const link = startGuard(settings, { onSurrender, onEnd });
    await link.request({ type: "open", steps: knownSteps() });
    return link;
  };
  const restart = async (): Promise<GuardLink> => {
    const record = readRestoreFile(settings.paths.file);
    if (record === undefined) throw goneFile(settings.paths.file);
    if (record.surrendered !== undefined) onSurrender(record.surrendered);
    return start();
  };
  const replace = () => {
    current = restart();
    current.catch(() => {}); // whoever asks next is told
  };
  const onEnd = () => {
    replaced += 1;
    if (!released && replaced <= mostReplaced) replace();
  };
  const inVain = async (error: unknown, attempt: number) => {
    if (!(error instanceof GuardLost) || attempt === attempts) throw error;
    if (!(await isRunning(current))) replace();
  };
  const ready = async (): Promise<GuardLink> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const link = await current;
        if (link.isRunning()) return link;
        throw new GuardLost(`guard process ${link.pid} has ended`);
      } catch (error) {
        await inVain(error, attempt);
      }
    }
  };
  const ask = async (message: ToGuard) => {
    for (let attempt = 1; ; attempt++) {
      const link = await ready();
      try {
        return await link.request(message);
      } catch (error) {
        await inVain(error, attempt);
      }
    }
  };

  let current = start();
  await ready();
  return {
    ask,
    async release() {
      released = true;
      const outcomes = await ask({ type: "release" });
      await (await current).ended();
      return outcomes;
    },
  };
}

function isRunning(link: Promise<GuardLink>): Promise<boolean> {
  return link.then(
    (found) => found.isRunning(),
    () => false,
  );
}

function goneFile(file: string): InputError {
  return new InputError({
    what: "the restore file",
    problem: "is gone although its device is in use, so nothing more is changed",
    advice: "measure again, and leave the folder to partitune",
    where: { file },
  });
}
