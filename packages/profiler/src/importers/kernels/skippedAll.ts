import { InputError } from "@partitune/schema";
import type { BuiltSteps } from "./buildSteps.ts";

/** The user skips more steps at the beginning than there are. */
export function skippedAll(file: string, { skipped }: BuiltSteps): InputError {
  return new InputError({
    what: `file "${file}"`,
    problem: `holds only ${skipped.steps} steps, all of which are skipped`,
    advice: `skip fewer than ${skipped.steps}`,
  });
}
