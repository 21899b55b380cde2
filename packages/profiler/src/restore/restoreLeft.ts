import { InputError } from "@partitune/schema";
import { identifyProcess } from "../identifyProcess.ts";
import { lockFolder } from "../lockFolder.ts";
import type { CardDriverOptions } from "../nvidia/openCardDriver.ts";
import { keepGuard } from "./keepGuard.ts";
import { guardPatience } from "./openRestoration.ts";
import { afterRestoring, refusal } from "./refuseLeftover.ts";
import { reportOf } from "./reportOf.ts";
import { inodeOf } from "./restoreLog.ts";
import { type RestorePaths, restoreLock } from "./restorePaths.ts";
import type { RestoreReport } from "./restoreStep.ts";

/**
 * Puts a device back that was left changed, by a guard as ever: it goes on when this process is ended meanwhile. Idempotent.
 *
 * @param paths  as {@link pendingRestorations} gives them
 * @param driver  where the cards' driver is found, when not in the usual places
 * @throws InputError when the device is in use, or its restore file is damaged or not to be trusted
 */
export async function restoreLeft(paths: RestorePaths, driver: CardDriverOptions = {}): Promise<RestoreReport> {
  const unlock = await lockFolder(paths.folder, restoreLock);
  try {
    const found = await afterRestoring(paths);
    if (found === undefined) return { restored: [], left: [] };
    if (found.state === "unreadable") throw found.problem;
    const { header, outstanding } = found.record;
    if (found.state !== "left") throw refusal(header.device, found);
    const owner = await identifyProcess(process.pid);
    const settings = {
      paths,
      inode: inodeOf(paths.file),
      owner,
      recordedBy: header.owner,
      patience: guardPatience,
      driver,
    };
    const keeper = await keepGuard(
      settings,
      () => outstanding,
      () => {},
    );
    return reportOf(await keeper.release());
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({
      what: `the device of "${paths.file}"`,
      problem: `could not be put back (${error instanceof Error ? error.message : String(error)})`,
      advice: "try again",
    });
  } finally {
    await unlock();
  }
}
