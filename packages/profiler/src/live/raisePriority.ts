import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** Has this process run before others of its machine, where it may. Processes that it starts afterwards do so too. */
export function raisePriority(): void {
  try {
    setPriority(-10);
    // Linux weighs sessions before it weighs processes (sched(7), the autogroup feature); this process leads one of its own.
    writeFileSync("/proc/self/autogroup", "-10");
  } catch {
    // Not permitted.
  }
}
