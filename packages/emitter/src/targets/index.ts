import type { Target } from "../emission.ts";
import { cpu } from "./cpu.ts";

/** The shelf of targets: how plans can be written. */
export const targets = { cpu } as const satisfies Record<string, Target>;

/** Name of a target. */
export type TargetName = keyof typeof targets;
