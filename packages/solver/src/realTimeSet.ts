/** A part of a task on the accelerator, ns. */
export interface GpuPart {
  readonly launch: number;
  readonly execution: number;
}

/** A task in whole ns, as the analyses see it. */
export interface AnalysedTask {
  readonly name: string;
  readonly core: number;
  readonly priority: number;
  /** On the accelerator; as on the processor where none was given. Greater is more urgent. */
  readonly gpuPriority: number;
  readonly period: number;
  readonly deadline: number;
  /** Processor time of a job, launches apart: C. */
  readonly cpu: number;
  /** Processor time of all its launches: Gm. */
  readonly launch: number;
  /** Time of all its segments on the accelerator: Ge. */
  readonly execution: number;
  readonly segments: readonly GpuPart[];
}

/** A task set that was checked, in whole ns. */
export interface RealTimeSet {
  readonly cores: number;
  readonly slice: number;
  readonly contextSwitch: number;
  readonly update: number;
  /** Tasks with deadlines, the most urgent on the processor first. */
  readonly tasks: readonly AnalysedTask[];
  readonly bestEffort: readonly AnalysedTask[];
  /** Whether tasks with deadlines have the same order on the accelerator as on the processor. */
  readonly sameOrder: boolean;
}
