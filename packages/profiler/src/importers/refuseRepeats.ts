import { InputError } from "@partitune/schema";
import type { PlacedRow } from "./importedProfile.ts";

/**
 * The same configuration may be measured again; the same numbers too is a row that was copied. Rows that did not run have no numbers, and one is enough.
 *
 * @throws InputError naming both lines
 */
export function refuseRepeats(rows: readonly PlacedRow[]): void {
  const seen = new Map<string, PlacedRow>();
  for (const row of rows) {
    const { file, line, ...content } = row;
    const key = JSON.stringify(content);
    const first = seen.get(key);
    if (first !== undefined)
      throw new InputError({
        what: "the row",
        problem: `repeats line ${first.line}${first.file === file ? "" : ` of ${first.file}`} in every number`,
        advice: "delete one of them",
        where: { file, line },
      });
    seen.set(key, row);
  }
}
