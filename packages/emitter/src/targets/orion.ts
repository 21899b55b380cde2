import type { KernelTrace, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Target } from "../emission.ts";
import { orionReadme } from "./orion/orionReadme.ts";
import { type OrionCsv, toOrionCsv } from "./orion/toOrionCsv.ts";

/**
 * A traced task as a client of Orion: its operators in Orion's columns, and what else Orion's configuration has to say.
 *
 * Refused: tasks with operators whose need of multiprocessors nothing tells, and tasks without kernels. Warned of: needs that are taken from the
 * number of blocks, and operators of which it is not known what bounds them.
 *
 * @see Strati et al., Orion, EuroSys 2024; https://github.com/eth-easl/orion
 */
export const orion: Target<KernelTrace> = { kinds: ["kernel-trace"], write };

function write(trace: KernelTrace, options: EmitOptions): Emission {
  const csv = toOrionCsv(trace);
  const where = `task "${trace.task}"`;
  if (csv.rows === 0)
    return {
      status: "refused",
      refusals: [
        {
          where,
          cause: "its last step has no operator beside copies and memsets",
          advice: "give a trace with kernels",
        },
      ],
    };
  if (csv.withoutNeeds > 0)
    return {
      status: "refused",
      refusals: [
        {
          where,
          cause: `nothing tells how many multiprocessors ${csv.withoutNeeds} of its ${csv.rows} operators need`,
          advice: "give a trace of a GPU, with launch geometry or the number of multiprocessors",
        },
      ],
    };
  const files = [
    { path: "kernels", content: csv.text, executable: false },
    { path: "README.md", content: orionReadme(trace, csv, options), executable: false },
  ];
  return { status: "emitted", files, warnings: warningsOf(trace, csv) };
}

function warningsOf(
  { task, synthetic }: KernelTrace,
  { rows, assumedNeeds, unknownProfiles }: OrionCsv,
): readonly Warning[] {
  const where = `task "${task}"`;
  const warnings: Warning[] = [];
  if (assumedNeeds > 0)
    warnings.push({
      code: "needs-assumed",
      where,
      cause: `how many multiprocessors ${assumedNeeds} of ${rows} operators need is not known: one for each block is assumed, which is the most, or all there are`,
      advice: "expect Orion to run fewer of them beside others than it could",
    });
  if (unknownProfiles > 0)
    warnings.push({
      code: "profiles-unknown",
      where,
      cause: `whether computing or memory bounds ${unknownProfiles} of ${rows} operators is not known`,
      advice: "measure them with performance counters: operators marked −1 are kept apart from none",
    });
  if (synthetic)
    warnings.push({
      code: "synthetic",
      where,
      cause: "its times are synthetic, not measured on a device",
      advice: "trace the task where it is to run",
    });
  return warnings;
}
