import type { ProcessIdentity, RestoreStep, Seconds } from "@partitune/schema";
import type { CardDriverOptions } from "../nvidia/openCardDriver.ts";
import type { NumberedStep, StepOutcome } from "./putBack.ts";
import type { RestorePaths } from "./restorePaths.ts";

/** How long guard and guarded process may be silent. The latter beats once a tick unless it is busy, blocked or stopped. */
export interface GuardPatience {
  readonly tickSeconds: Seconds;
  /** While it is stopped, by Ctrl-Z, a debugger or a frozen terminal. */
  readonly stoppedSeconds: Seconds;
  /** While it neither beats nor uses the processor: blocked in the kernel or a driver. */
  readonly quietSeconds: Seconds;
  /** While it computes without beating: a long synchronous piece of work, or a loop without end. */
  readonly busySeconds: Seconds;
  /** A guard that was asked something: it answers within milliseconds, and tells when it needs longer. Then another one is started. */
  readonly answerSeconds: Seconds;
}

/** What a guard is started with. */
export interface GuardSettings {
  readonly paths: RestorePaths;
  /** Of the restore file. */
  readonly inode: number;
  /** The process that is guarded, which holds the other end of the pipe. */
  readonly owner: ProcessIdentity;
  /** The process that recorded the steps; another one when they are put back later. */
  readonly recordedBy: ProcessIdentity;
  readonly patience: GuardPatience;
  /** Where the cards' driver is found. */
  readonly driver: CardDriverOptions;
}

/** Lines to the guard. Each but `beat` is answered by one `done` or `refused`. */
export type ToGuard =
  | { readonly type: "beat" }
  /** First of all: the steps that are known already. */
  | { readonly type: "open"; readonly steps: readonly NumberedStep[] }
  | { readonly type: "add"; readonly number: number; readonly step: RestoreStep }
  /** Puts some steps back now; those that are back are forgotten. */
  | { readonly type: "undo"; readonly numbers: readonly number[] }
  /** Puts everything back and ends. */
  | { readonly type: "release" };

/** Lines from the guard. */
export type FromGuard =
  /** It works on an answer. */
  | { readonly type: "alive" }
  | { readonly type: "done"; readonly outcomes: readonly StepOutcome[] }
  | { readonly type: "refused"; readonly reason: string }
  /** Unasked: it has put everything back since its owner was silent for too long. */
  | { readonly type: "surrendered"; readonly reason: string };
