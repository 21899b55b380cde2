import type { ProcessIdentity } from "@partitune/schema";
import { identifyProcess } from "../identifyProcess.ts";
import { hasEnded, type ProcessStat, readProcessStat } from "../readProcessStat.ts";
import type { GuardPatience } from "./guardProtocol.ts";

/** Watches whether a process beats. */
export interface OwnerWatch {
  beat(): void;
  stop(): void;
}

/** What a watch finds. */
export interface WatchEvents {
  /** The process has ended, although the pipe did not tell. */
  readonly onGone: () => void;
  readonly onSilent: (reason: string) => void;
}

/** Ticks without a beat before it is worth looking what the process does. */
const missedTicks = 3;

/**
 * Calls once when a process is silent for too long or gone. Time is counted in ticks of this process, so that a machine that sleeps, or
 * a container that is frozen with both in it, is not taken for silence.
 */
export function watchOwner(owner: ProcessIdentity, patience: GuardPatience, events: WatchEvents): OwnerWatch {
  let silence = noSilence;
  let looking = false;
  const timer = setInterval(async () => {
    silence = { ...silence, silent: silence.silent + 1 };
    if (silence.silent < missedTicks || looking) return;
    looking = true;
    const before = silence;
    const stat = await readProcessStat(owner.pid);
    const gone = stat === undefined || hasEnded(stat) || (await identifyProcess(owner.pid)).began !== owner.began;
    looking = false;
    if (gone) return end(events.onGone);
    if (silence !== before) return; // it beat meanwhile
    silence = lookAt(silence, stat);
    const reason = tooLong(silence, patience);
    if (reason !== undefined) end(() => events.onSilent(reason));
  }, patience.tickSeconds * 1e3);
  const end = (tell: () => void) => {
    clearInterval(timer);
    tell();
  };
  return {
    beat: () => {
      silence = noSilence;
    },
    stop: () => clearInterval(timer),
  };
}

/** Ticks since the last beat: all of them, and of the latest those in which it was stopped, or did nothing. */
interface Silence {
  readonly silent: number;
  readonly stopped: number;
  readonly quiet: number;
  readonly cpuTicks: number;
}

const noSilence: Silence = { silent: 0, stopped: 0, quiet: 0, cpuTicks: -1 };

function lookAt(before: Silence, { state, cpuTicks }: ProcessStat): Silence {
  const first = before.cpuTicks < 0;
  const stopped = state === "T" || state === "t" ? (first ? before.silent : before.stopped + 1) : 0;
  const quiet = first ? before.silent : cpuTicks === before.cpuTicks ? before.quiet + 1 : 0;
  return { silent: before.silent, stopped, quiet, cpuTicks };
}

function tooLong({ silent, stopped, quiet }: Silence, patience: GuardPatience): string | undefined {
  const seconds = (ticks: number) => ticks * patience.tickSeconds;
  if (seconds(stopped) >= patience.stoppedSeconds) return `was stopped for ${Math.round(seconds(silent))} s`;
  if (seconds(quiet) >= patience.quietSeconds) return `did not answer for ${Math.round(seconds(silent))} s`;
  if (seconds(silent) >= patience.busySeconds)
    return `was busy without a sign of life for ${Math.round(seconds(silent))} s`;
  return undefined;
}
