import { columnGeneration } from "./columnGeneration.ts";
import { gpulet } from "./gpulet.ts";
import { igniter } from "./igniter.ts";
import { kaist } from "./kaist.ts";
import type { Packing } from "./layout.ts";
import { nexus } from "./nexus.ts";
import { packExactly } from "./packExactly.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { parvagpu } from "./parvagpu.ts";
import { timeSlicing } from "./timeSlicing.ts";
import { wholeGpu } from "./wholeGpu.ts";

/** Methods that decide what runs on which piece of which GPU, by name. Exact ones also answer with a bound. */
export const packings = {
  "column-generation": columnGeneration,
  milp: packExactly,
  kaist,
  gpulet,
  igniter,
  parvagpu,
  nexus,
  "whole-gpu": wholeGpu,
  "time-slicing": timeSlicing,
} as const satisfies Record<string, (problem: PackingProblem) => Packing | Promise<Packing>>;

export type PackingName = keyof typeof packings;
