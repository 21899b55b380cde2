import type { Executor } from "./executor.ts";

/** The executor's calendar time, as files have it. */
export function timestamp({ clock }: Executor): string {
  return new Date(clock.wall() * 1e3).toISOString();
}
