import { significant } from "./formatQuantity.ts";

/** How long something takes, in the unit people say it in: `4 s`, `15 min`, `8 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 600) return `${significant(seconds)} s`;
  return seconds < 7200 ? `${significant(seconds / 60)} min` : `${significant(seconds / 3600)} h`;
}
