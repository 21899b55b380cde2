import { rm } from "node:fs/promises";
import type { Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { systemClock } from "../systemClock.ts";
import { daemonProcesses } from "./mpsProcesses.ts";
import { tellMpsDaemon } from "./tellMpsDaemon.ts";

/** A daemon that was told to quit waits for its clients; whoever ends it has ended them, and they need a moment to leave. */
const quitPatience: Seconds = 5;
/** From being told by a signal until it is killed. */
const signalPatience: Seconds = 3;
const pause: Seconds = 0.05;

/**
 * Ends the control daemon of MPS that listens in a private folder, its servers too, and removes the folder. Nothing to do is a success.
 *
 * @param program  path of `nvidia-cuda-mps-control`
 * @param folder  the daemon's CUDA_MPS_PIPE_DIRECTORY, made for it alone
 * @returns processes that could not be ended, of which the folder is kept; usually none
 */
export async function endMpsDaemon(program: string, folder: string): Promise<readonly number[]> {
  const left =
    (await hasQuit(program, folder)) || (await signalled(folder, "SIGTERM")) || (await signalled(folder, "SIGKILL"))
      ? []
      : await daemonProcesses(folder);
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
  return left;
}

async function hasQuit(program: string, folder: string): Promise<boolean> {
  if ((await daemonProcesses(folder)).length === 0) return true;
  const answer = await tellMpsDaemon(program, folder, "quit", quitPatience);
  return isGone(folder, answer.ok ? quitPatience : 0);
}

async function isGone(folder: string, patience: Seconds): Promise<boolean> {
  const end = monotonicSeconds() + patience;
  while ((await daemonProcesses(folder)).length > 0) {
    if (monotonicSeconds() > end) return false;
    await systemClock.sleep(pause);
  }
  return true;
}

async function signalled(folder: string, signal: NodeJS.Signals): Promise<boolean> {
  for (const pid of await daemonProcesses(folder)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile, or is another user's, which is found out below.
    }
  }
  return isGone(folder, signalPatience);
}
