import type { Target } from "../emission.ts";
import { compose } from "./compose.ts";
import { cpu } from "./cpu.ts";
import { interleave } from "./interleave.ts";
import { k8s } from "./k8s.ts";
import { kernelFill } from "./kernelFill.ts";
import { mig } from "./mig.ts";
import { migParted } from "./migParted.ts";
import { mps } from "./mps.ts";
import { nvidiaSmi } from "./nvidiaSmi.ts";
import { nvpmodel } from "./nvpmodel.ts";
import { orion } from "./orion.ts";
import { systemd } from "./systemd.ts";
import { triton } from "./triton.ts";

/** The shelf of targets: how plans can be written. */
export const targets = {
  cpu,
  interleave,
  nvpmodel,
  "nvidia-smi": nvidiaSmi,
  mig,
  "mig-parted": migParted,
  mps,
  k8s,
  triton,
  compose,
  systemd,
  "kernel-fill": kernelFill,
  orion,
} as const satisfies Record<string, Target>;

/** Name of a target. */
export type TargetName = keyof typeof targets;
