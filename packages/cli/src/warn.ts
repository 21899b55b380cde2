import type { Warning } from "@partitune/schema";
import { printable } from "./printable.ts";

/** Prints warnings to stderr, cause and advice, each once however often it occurred. */
export function warn(warnings: readonly Warning[]): void {
  for (const [text, same] of Map.groupBy(warnings, ({ code, cause, advice }) => `${code}: ${cause}; ${advice}`)) {
    const where = [...new Set(same.map((warning) => warning.where))];
    const shown = where.slice(0, 3).join(", ") + (where.length > 3 ? ` and ${where.length - 3} more` : "");
    process.stderr.write(`${printable(`warning: ${shown}: ${text}`)}\n`);
  }
}
