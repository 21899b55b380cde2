import type { Target } from "../emission.ts";
import { cpu } from "./cpu.ts";
import { interleave } from "./interleave.ts";
import { k8s } from "./k8s.ts";
import { mig } from "./mig.ts";
import { mps } from "./mps.ts";
import { nvidiaSmi } from "./nvidiaSmi.ts";
import { nvpmodel } from "./nvpmodel.ts";
import { triton } from "./triton.ts";

/** The shelf of targets: how plans can be written. */
export const targets = {
  cpu,
  interleave,
  nvpmodel,
  "nvidia-smi": nvidiaSmi,
  mig,
  mps,
  k8s,
  triton,
} as const satisfies Record<string, Target>;

/** Name of a target. */
export type TargetName = keyof typeof targets;
