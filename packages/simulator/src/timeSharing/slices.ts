import { roundingAt } from "../gatherer.ts";
import { gatherAll, idleUntil, isOver, nextStop, type PeriodPlay } from "../periodPlay.ts";
import { isDone, type Process, processesOf } from "../processes.ts";
import type { TimeSharing } from "./timeSharing.ts";

/** Processes that nobody manages: busy ones take turns in slices of time, whatever is urgent; changing costs nothing. */
export const slices = {
  description: "unmanaged processes that alternate in slices of time",
  play(play, { quantumSeconds, interference }) {
    const processes = processesOf(play);
    const ring: Process[] = [];
    let sliceLeft = quantumSeconds;
    for (;;) {
      gatherAll(play);
      for (const process of processes) if (process.remaining === 0 && process.begin()) ring.push(process);
      if (
        isOver(
          play,
          ring.some(({ endless }) => !endless),
        )
      )
        return;
      const [active] = ring;
      if (active === undefined) {
        idleUntil(play, nextStop(play));
        continue;
      }
      sliceLeft -= runAlone(play, active, sliceLeft, ring.length > 1 ? 1 / (1 + interference) : 1);
      if (active.remaining === 0 && active.begin()) continue; // its slice is not used up
      const usedUp = sliceLeft <= roundingAt(play.device.now, quantumSeconds);
      if (active.remaining > 0 && !usedUp) continue;
      ring.shift();
      if (active.remaining > 0) ring.push(active);
      sliceLeft = quantumSeconds;
    }
  },
} satisfies TimeSharing;

/** Runs a process until its minibatch or its slice ends, or something else may become ready; returns the time it took. */
function runAlone(play: PeriodPlay, process: Process, longest: number, speed: number): number {
  const { device, meter } = play;
  const until = Math.min(device.now + Math.min(process.remaining / speed, longest), nextStop(play));
  const took = until - device.now;
  meter.spend(device.now, until, process.watts, true, process.endless ? (speed * took) / process.whole : 0);
  meter.drew(process.watts);
  device.now = until;
  process.remaining -= speed * took;
  if (isDone(process, until)) process.finish(until);
  return took;
}
