import type { KernelTrace } from "@partitune/schema";
import type { KinetoContext } from "./kinetoContext.ts";

/** What of a trace did not become part of the steps of one device, and how much of it. */
export function kinetoDrops(context: KinetoContext): KernelTrace["dropped"] {
  const { records, built, device } = context;
  const { operations, end, unsound } = records;
  const counts = {
    "operations of other devices": operations.devices.filter((other) => other !== device).length,
    "operations without a launch in the trace": built.unlaunched,
    "operations launched outside all steps": built.outside,
    "steps without operations": built.emptyWindows,
    "steps skipped at the beginning": built.skipped.steps,
    "operations of skipped steps": built.skipped.operations,
    "operations without a time or a duration": unsound.withoutTime,
    "operations with a negative duration": unsound.negative,
    "launches whose execution is not in the trace": unfinished(context),
    "bytes that could not be read": end.status === "complete" ? 0 : end.bytes - end.atByte,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({ what, count }));
}

/** Launches of kernels and graphs, from the first step to the last, of which nothing ran on any device while it was traced. */
function unfinished({ records, windows, launchOf }: KinetoContext): number {
  const { launches, textOf } = records;
  const executed = new Uint8Array(launches.starts.length);
  for (const launch of launchOf) if (launch >= 0) executed[launch] = 1;
  const isLaunch = new Map<number, boolean>();
  const first = windows[0]!.start;
  const last = windows.reduce((latest, { end }) => Math.max(latest, end), first);
  let count = 0;
  for (const [launch, done] of executed.entries()) {
    if (done === 1 || launches.starts[launch]! < first || launches.starts[launch]! >= last) continue;
    const name = launches.names[launch]!;
    if (!isLaunch.has(name))
      isLaunch.set(name, name >= 0 && /launch(?:cooperative)?kernel|graphlaunch/i.test(textOf(name)));
    if (isLaunch.get(name) === true) count++;
  }
  return count;
}
