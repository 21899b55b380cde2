import type { Target } from "../emission.ts";
import { cpu } from "./cpu.ts";
import { interleave } from "./interleave.ts";
import { nvidiaSmi } from "./nvidiaSmi.ts";
import { nvpmodel } from "./nvpmodel.ts";

/** The shelf of targets: how plans can be written. */
export const targets = { cpu, interleave, nvpmodel, "nvidia-smi": nvidiaSmi } as const satisfies Record<string, Target>;

/** Name of a target. */
export type TargetName = keyof typeof targets;
