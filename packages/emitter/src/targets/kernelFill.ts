import type { KernelFillPlan, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Target } from "../emission.ts";
import { kernelFillReadme } from "./kernelFill/kernelFillReadme.ts";
import { writeLookUp } from "./kernelFill/writeLookUp.ts";

/**
 * A run-time scheduler that starts less urgent kernels in the gaps of an urgent task: the plan, its tables as numbers alone, and what such a
 * scheduler has to do. The scheduler itself is not part of it.
 */
export const kernelFill: Target<KernelFillPlan> = { kinds: ["kernel-fill-plan"], write };

function write(plan: KernelFillPlan, options: EmitOptions): Emission {
  const files = [
    { path: "plan.json", content: `${JSON.stringify(plan, null, 2)}\n`, executable: false },
    { path: "tables.csv", content: writeLookUp(plan), executable: false },
    { path: "README.md", content: kernelFillReadme(plan, options), executable: false },
  ];
  return { status: "emitted", files, warnings: warningsOf(plan, options) };
}

function warningsOf({ synthetic }: KernelFillPlan, { name }: EmitOptions): readonly Warning[] {
  const where = `plan "${name}"`;
  return [
    {
      code: "needs-a-scheduler",
      where,
      cause: "nothing on a machine reads these files by itself",
      advice: "see README.md for what can; CUDA stream priorities alone need no scheduler",
    },
    ...(synthetic
      ? [
          {
            code: "synthetic",
            where,
            cause: "its tables rest on synthetic traces, not on a device",
            advice: "trace the tasks where they are to run, and plan again",
          },
        ]
      : []),
  ];
}
