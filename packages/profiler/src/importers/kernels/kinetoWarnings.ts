import type { Warning } from "@partitune/schema";
import { clockWarnings } from "./clockWarnings.ts";
import type { KinetoContext } from "./kinetoContext.ts";
import { stepWarnings } from "./stepWarnings.ts";

/** What a user should know of one device of a trace. */
export function kinetoWarnings(context: KinetoContext): readonly Warning[] {
  const { file, own, windows, records } = context;
  return [
    ...partialWarnings(context),
    ...clockWarnings(file, own.operations, windows, records.origin),
    ...joinWarnings(context),
    ...stepWarnings(context),
    {
      code: "traced-idle-times",
      where: file,
      cause: "the trace was recorded under a profiler, which slows the host down and so lengthens idle times",
      advice: "record with as little as possible (no call stacks, shapes or memory) before relying on them",
    },
  ];
}

function partialWarnings({ file, records: { end, damage } }: KinetoContext): readonly Warning[] {
  if (end.status === "complete") return [];
  const causes = {
    cut: `the file ends inside the trace: what was read ends at byte ${end.atByte} of ${end.bytes}`,
    malformed: `the file is no JSON from byte ${end.atByte} on`,
    trailing: `a second document follows the trace at byte ${end.atByte}`,
  };
  const unpacking = damage === null ? "" : ` (unpacking stopped: ${damage})`;
  return [
    {
      code: "partial-trace",
      where: file,
      cause: `${causes[end.status]}${unpacking}; ${end.events} events were read, ${end.bytes - end.atByte} bytes were not`,
      advice:
        end.status === "trailing"
          ? "import the documents one by one, each from its own file"
          : "record or copy it again: steps may lack operations that stand in the lost part",
    },
  ];
}

function joinWarnings({ file, own, built, ambiguous }: KinetoContext): readonly Warning[] {
  const { graphs, sharingLaunch, operations } = own;
  const warnings: Warning[] = [];
  if (ambiguous > 0) {
    warnings.push({
      code: "duplicated-correlations",
      where: file,
      cause: `${ambiguous} operations have a correlation that several launches have; the last launch before each was taken`,
      advice: "import traces of single processes, not merged ones",
    });
  }
  if (sharingLaunch > 0) {
    warnings.push({
      code: "shared-correlations",
      where: file,
      cause: `${sharingLaunch} operations have the correlation of another operation and so the same launch`,
      advice: "import traces of single processes, not merged ones, unless the launch stands for several operations",
    });
  }
  if (graphs.launches > 0) {
    warnings.push({
      code: "graphs",
      where: file,
      cause: `${graphs.launches} launches of graphs ran ${graphs.operations} operations; each launch counts as one operation, named "graph of …"`,
      advice: "idle time inside a graph cannot be filled; to use it, run without graphs",
    });
  }
  if (built.unlaunched > 0.01 * operations.starts.length) {
    warnings.push({
      code: "unlaunched-operations",
      where: file,
      cause: `${built.unlaunched} of ${operations.starts.length} operations have no launch in the trace and were left out`,
      advice: "record with the activity CPU as well, and begin recording before the first step",
    });
  }
  return warnings;
}
