import type { KernelTrace } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import type { OrionCsv } from "./toOrionCsv.ts";

/** Words for who runs a task under Orion, in Markdown. */
export function orionReadme(
  { task, deviceName, steps, synthetic }: KernelTrace,
  { rows, assumedNeeds, unknownProfiles }: OrionCsv,
  { name }: EmitOptions,
): string {
  return `# ${code(name)}: operators of ${code(task)} for Orion
${synthetic ? "\n**Its times are synthetic.**\n" : ""}
\`kernels\` has one row for each of the ${rows} operators of a step, in the order in which they are launched, traced on
${deviceName === null ? "a device that the trace does not name" : code(deviceName)}; durations are medians over ${steps.length} ${steps.length === 1 ? "step" : "steps"}, in ns. Copies and memsets have no row.

In Orion's configuration the client of this task says where the file is and how many rows it has, beside what starts the task:

    "kernel_file": "/path/to/kernels",
    "num_kernels": ${rows},

The client whose latency matters comes last. Orion counts one operator for each call that it takes over: cuDNN and cuBLAS calls that launch several
kernels are one operator there, and several rows here, unless the trace has operators. Compare \`num_kernels\` with what Orion counts before relying
on it; when they differ, its table slips against the program.

- SM_usage of ${assumedNeeds} rows is the number of their blocks, for nothing tells how many fit on a multiprocessor: the most they can need.
- Profile of ${unknownProfiles} rows is −1, not known: Orion does not keep them apart from others for what bounds them.
- Memory_footprint is 0; Orion does not read it.
`;
}
