import { Command } from "commander";
import { fillCommand } from "./kernelsFill.ts";
import { overlapCommand } from "./kernelsOverlap.ts";
import { profileKernelsCommand } from "./kernelsProfile.ts";
import { recordCommand } from "./kernelsRecord.ts";
import { rtaCommand } from "./kernelsRta.ts";
import { simulateKernelsCommand } from "./kernelsSimulate.ts";

export function kernelsCommand(): Command {
  return new Command("kernels")
    .description(
      "Shares a device below the level of requests: finds the gaps between the kernels of an urgent task, plans what others run in them, simulates what that costs and gains, and bounds response times.",
    )
    .addCommand(recordCommand())
    .addCommand(profileKernelsCommand())
    .addCommand(fillCommand())
    .addCommand(simulateKernelsCommand())
    .addCommand(overlapCommand())
    .addCommand(rtaCommand());
}
