import type { BuiltSteps } from "./buildSteps.ts";
import type { StepWindow } from "./deviceOperations.ts";
import type { KinetoDeviceOperations } from "./kinetoDeviceOperations.ts";
import type { KinetoRecords } from "./kinetoRecords.ts";

/** All that was found out about one device of a trace. */
export interface KinetoContext {
  readonly file: string;
  readonly records: KinetoRecords;
  readonly device: number;
  readonly own: KinetoDeviceOperations;
  readonly built: BuiltSteps;
  readonly windows: readonly StepWindow[];
  /** Per operation of all devices the index of its launch, or −1. */
  readonly launchOf: Int32Array;
  /** Operations for which several launches have the same correlation. */
  readonly ambiguous: number;
}
