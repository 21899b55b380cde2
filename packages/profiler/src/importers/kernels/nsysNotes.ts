import type { KernelTrace, Warning } from "@partitune/schema";
import { clockWarnings } from "./clockWarnings.ts";
import type { Repetition } from "./findRepetition.ts";
import type { NsysDeviceOperations } from "./nsysDeviceOperations.ts";
import type { NsysRecords } from "./nsysRecords.ts";
import { type StepContext, stepWarnings } from "./stepWarnings.ts";

/** All that was found out about one device of a recording. */
export interface NsysContext extends StepContext {
  readonly records: NsysRecords;
  readonly device: number;
  readonly own: NsysDeviceOperations;
  readonly repetition: Repetition | null;
}

/** What of a recording did not become part of the steps of one device, and how much of it. */
export function nsysDrops({ records, device, built }: NsysContext): KernelTrace["dropped"] {
  const counts = {
    "operations of other devices": records.operations.devices.filter((other) => other !== device).length,
    "operations without a launch in the recording": built.unlaunched,
    "operations outside all steps": built.outside,
    "steps without operations": built.emptyWindows,
    "steps skipped at the beginning": built.skipped.steps,
    "operations of skipped steps": built.skipped.operations,
    ...records.dropped,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({ what, count }));
}

/** What a user should know of one device of a recording. */
export function nsysWarnings(context: NsysContext): readonly Warning[] {
  const { file, own, windows } = context;
  const clocks = clockWarnings(file, own.operations, windows, undefined).map((warning) => ({
    ...warning,
    advice: "check the unit of its times before using the numbers: nothing was corrected",
  }));
  return [
    ...originWarnings(context),
    ...clocks,
    ...launchWarnings(context),
    ...stepWarnings(context),
    {
      code: "traced-idle-times",
      where: file,
      cause: "the recording was made under a profiler, which slows the host down and so lengthens idle times",
      advice: "record with as little as possible (CUDA and NVTX, no sampling) before relying on them",
    },
  ];
}

/** What the file does not say. */
function originWarnings({ file, records, repetition, own }: NsysContext): readonly Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: string, cause: string, advice: string) => warnings.push({ code, where: file, cause, advice });
  if (repetition !== null) {
    const { period, rounds } = repetition;
    const part = Math.round((100 * period * rounds) / own.operations.starts.length);
    warn(
      "found-steps",
      `no range marks steps, so the rounds of a repeated sequence are taken for steps: ${rounds} of ${period} operations each, ${part} % of all`,
      "check that this is the length of a step; name a range with --step-marker otherwise",
    );
  }
  if (!records.launchesKnown) {
    warn(
      "unknown-launches",
      "the file does not say when operations were launched: idle times from 10 µs on count as ones in which nothing more was launched, which can overstate what may be filled",
      "import the SQLite export of the recording instead",
    );
  }
  if (!records.memoryKnown) {
    warn(
      "no-memory-operations",
      "the report holds kernels alone: what looks like idle time may be a copy",
      "import the report cuda_gpu_trace or the SQLite export instead",
    );
  }
  return warnings;
}

function launchWarnings({ file, records, own, built }: NsysContext): readonly Warning[] {
  const { graphs, wholeGraphs, sharingLaunch, processes, operations } = own;
  const warnings: Warning[] = [];
  const warn = (code: string, cause: string, advice: string) => warnings.push({ code, where: file, cause, advice });
  if (records.ambiguous > 0) {
    warn(
      "duplicated-correlations",
      `${records.ambiguous} operations have a correlation that several launches have; the last launch before each was taken`,
      "export recordings of single runs, not merged ones",
    );
  }
  if (sharingLaunch > 0) {
    warn(
      "shared-correlations",
      `${sharingLaunch} operations have the correlation of another operation and so the same launch`,
      "export recordings of single runs, not merged ones, unless the launch stands for several operations",
    );
  }
  if (graphs.launches + wholeGraphs > 0) {
    const nodes = graphs.launches === 0 ? "" : `, ${graphs.launches} of them with ${graphs.operations} operations`;
    warn(
      "graphs",
      `${graphs.launches + wholeGraphs} launches of graphs were recorded${nodes}; each launch counts as one operation`,
      "idle time inside a graph cannot be filled; to use it, run without graphs",
    );
  }
  if (processes.size > 1) {
    warn(
      "several-processes",
      `${processes.size} processes used the device, and their operations are in one trace`,
      "record one task at a time",
    );
  }
  if (built.unlaunched > 0.01 * operations.starts.length) {
    warn(
      "unlaunched-operations",
      `${built.unlaunched} of ${operations.starts.length} operations have no launch in the recording and were left out`,
      "begin recording before the first step",
    );
  }
  return warnings;
}
