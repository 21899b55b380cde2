import type { RestoreStep, Seconds } from "@partitune/schema";
import type { CardDriver } from "../nvidia/card.ts";

/** What a setting is found to be: back, not to be told, or something else. */
export type ReadBack = "back" | "unknown" | { readonly differs: string };

/** How long things may take before they count as failed. */
export interface RestorePatience {
  /** From asking a process to end until it is killed. */
  readonly endSeconds: Seconds;
  /** For a program. */
  readonly commandSeconds: Seconds;
  /** Until a setting that was made shows. */
  readonly settleSeconds: Seconds;
}

/** What restorers need of the machine. */
export interface RestoreWorld {
  readonly patience: RestorePatience;
  /** Whether the steps were recorded since the machine was started: process numbers of an earlier boot mean nothing. */
  readonly sameBoot: boolean;
  openCards(): Promise<CardDriver>;
}

/** Steps of one kind. */
export type StepOf<K extends RestoreStep["kind"]> = Extract<RestoreStep, { readonly kind: K }>;

/** How steps of one kind are put back. Every method may throw the system's error. */
export interface Restorer<S extends RestoreStep> {
  /** Why this process could not put it back; asked before the change is made. Undefined when nothing speaks against it. */
  doubt(step: S, world: RestoreWorld): Promise<string | undefined>;
  readBack(step: S, world: RestoreWorld): Promise<ReadBack>;
  /** Idempotent. What it came to is read back afterwards. */
  restore(step: S, world: RestoreWorld): Promise<void>;
}
