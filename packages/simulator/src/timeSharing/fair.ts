import { gatherAll, idleUntil, isOver, nextStop, type PeriodPlay } from "../periodPlay.ts";
import { isDone, type Process, processesOf } from "../processes.ts";
import type { TimeSharing } from "./timeSharing.ts";

/** Processes that nobody manages: n busy ones run at 1/n of their speed each, and draw the mean of their powers. */
export const fair = {
  description: "unmanaged processes that overlap and slow each other down equally",
  play(play, { interference }) {
    const processes = processesOf(play);
    for (;;) {
      gatherAll(play);
      const busy = processes.filter((process) => process.remaining > 0 || process.begin());
      if (
        isOver(
          play,
          busy.some(({ endless }) => !endless),
        )
      )
        return;
      if (busy.length === 0) idleUntil(play, nextStop(play));
      else runTogether(play, busy, busy.length > 1 ? 1 / (1 + interference) : 1);
    }
  },
} satisfies TimeSharing;

function runTogether(play: PeriodPlay, busy: readonly Process[], speed: number): void {
  const { device, meter } = play;
  const count = busy.length;
  const soonest = busy.reduce((least, { remaining }) => Math.min(least, remaining), Number.POSITIVE_INFINITY);
  const until = Math.min(device.now + (soonest * count) / speed, nextStop(play));
  const each = (speed * (until - device.now)) / count;
  const watts = busy.reduce((sum, process) => sum + process.watts, 0) / count;
  const endless = busy.find((process) => process.endless);
  meter.spend(device.now, until, watts, true, endless === undefined ? 0 : each / endless.whole);
  device.now = until;
  for (const process of busy) {
    meter.drew(process.watts);
    process.remaining -= each;
    if (isDone(process, until)) process.finish(until);
  }
}
