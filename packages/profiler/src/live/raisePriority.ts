import { readdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

const raised = -10;

/** Has a process run before others of its machine, where that may be done. What it starts afterwards does so too. */
export function raisePriority(processId: number = process.pid): void {
  try {
    // Each thread has a priority of its own.
    for (const thread of readdirSync(`/proc/${processId}/task`)) setPriority(Number(thread), raised);
    // Linux weighs sessions before it weighs processes (sched(7), the autogroup feature); this process leads one of its own.
    writeFileSync(`/proc/${processId}/autogroup`, String(raised));
  } catch {
    // Not permitted, or the process has ended.
  }
}
