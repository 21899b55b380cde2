import { InputError, type Protocol } from "@partitune/schema";
import type { Sink } from "./sink.ts";

/**
 * Checks that a journal was measured by the same rules: numbers by different ones do not belong in one table. Only rounds may be added.
 *
 * @throws InputError naming the rule that differs
 */
export function checkProtocol(protocol: Protocol, { journal }: Sink): void {
  const before = journal.header?.protocol;
  if (before === undefined) return;
  const changed = (Object.keys(before) as (keyof typeof before)[]).find((rule) => before[rule] !== protocol[rule]);
  if (changed === undefined) return;
  throw new InputError({
    what: `rule "${changed}"`,
    problem: `is ${protocol[changed]}, but the measurements that are there were made with ${before[changed]}`,
    advice: "measure by the same rules, or into another folder",
  });
}
