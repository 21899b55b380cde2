import { InputError } from "@partitune/schema";
import { systemClock } from "../systemClock.ts";
import { findRestoration, type PendingRestoration, restoreFolders } from "./pendingRestorations.ts";
import { type RestorePaths, restorePaths } from "./restorePaths.ts";

/** A guard at work is given this long: who presses Ctrl-C and starts again is not refused for a moment's sake. */
const waitSeconds = 15;
const pauseSeconds = 0.05;
/** More steps than that are counted, not named. */
const namedSteps = 5;

/**
 * Refuses a device that another process is measuring or that was left changed: whatever is measured on it would be wrong. For who
 * changes nothing, too.
 *
 * @param device  its name or identifier, as {@link openRestoration} is given it
 * @throws InputError naming the file, what is left, and the command that puts it back
 */
export async function refuseLeftover(device: string, folder?: string): Promise<void> {
  for (const parent of restoreFolders(folder)) await refuseIn(device, restorePaths(parent, device));
}

async function refuseIn(device: string, paths: RestorePaths): Promise<void> {
  const found = await afterRestoring(paths);
  if (found !== undefined) throw found.state === "unreadable" ? found.problem : refusal(device, found);
}

/** What is found when a guard that is at work has ended, or has taken too long. */
export async function afterRestoring(paths: RestorePaths): Promise<PendingRestoration | undefined> {
  for (let waited = 0; ; waited += pauseSeconds) {
    const found = await findRestoration(paths);
    if (found?.state !== "restoring" || waited >= waitSeconds) return found;
    await systemClock.sleep(pauseSeconds);
  }
}

/** What a user is told of a device that is not to be measured on now. */
export function refusal(
  device: string,
  { state, paths, record }: Exclude<PendingRestoration, { state: "unreadable" }>,
) {
  const { header, outstanding, guard } = record;
  const who = `process ${header.owner.pid} on ${header.owner.host}`;
  const since = `since ${header.made.at}`;
  const named = outstanding.slice(0, namedSteps).map(({ step }) => step.what);
  const more = outstanding.length - named.length;
  const list = `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const [problem, advice] = {
    "in-use": [`is in use by ${who} ${since}`, "wait until it ends, or end it: its guard puts the device back"],
    restoring: [`is being put back by its guard, process ${guard?.pid}`, "try again in a moment"],
    left: [`was left changed by ${who} ${since}: ${list}`, 'put it back with "partitune restore"'],
  }[state] as [string, string];
  return new InputError({ what: `device "${device}"`, problem, advice, where: { file: paths.file } });
}
