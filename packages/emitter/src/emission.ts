import type {
  FleetPlan,
  KernelFillPlan,
  KernelTrace,
  ModePlan,
  ModeSchedule,
  Plan,
  Seconds,
  Warning,
} from "@partitune/schema";

/** Everything that can be written for a device, or for what schedules it: plans, and traced tasks as clients of others' schedulers. */
export type DeployablePlan = Plan | ModePlan | ModeSchedule | FleetPlan | KernelFillPlan | KernelTrace;

/** A file to be written. */
export interface EmittedFile {
  /** Relative to the folder of the bundle. */
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

/** Something that a target cannot express, and what to do about it. */
export interface Refusal {
  /** What it is about: a placement, a workload, the plan. */
  readonly where: string;
  readonly cause: string;
  readonly advice: string;
}

/** A plan as files, or the reasons why the target cannot carry it. */
export type Emission =
  | { readonly status: "emitted"; readonly files: readonly EmittedFile[]; readonly warnings: readonly Warning[] }
  | { readonly status: "refused"; readonly refusals: readonly Refusal[] };

/** What a bundle depends on beside the plan. */
export interface EmitOptions {
  /** What the plan is called on the machine; two plans of one name cannot run at once. */
  readonly name: string;
  /** Absolute path of the folder in which partitune is installed on the machine. */
  readonly home: string;
  /** Absolute path of the folder from which workloads are started: relative paths in the plan are meant from there. */
  readonly directory: string;
  /** Folder in which networks of the zoo are kept; the worker's own default when absent. */
  readonly zooFolder?: string;
  /** What holds processor shares: the best that the machine offers (`auto`, the default), or one thing and nothing else. */
  readonly mechanism?: "auto" | "cgroup-v2" | "cgroup-v1" | "paced";
  /** Lets placements take more of the processor together than it has, as workloads do that nobody partitions; refused by default. */
  readonly oversubscribed?: boolean;
  /** Period of processor quotas; by default that of measurements. */
  readonly periodSeconds?: Seconds;
  /** How long an engine may take to load before its start has failed; by default 120 s. */
  readonly readyTimeoutSeconds?: Seconds;
  /** Text of the board's own nvpmodel.conf, into which modes are patched. */
  readonly nvpmodelConf?: string;
  /** NVIDIA cards to set, by index or UUID, in the order of a fleet plan's cards; counted from card 0 on when absent. */
  readonly gpus?: readonly string[];
  /** Ids of the fleet plan's cards to write, those of one machine; all of them when absent. */
  readonly cards?: readonly string[];
  /** Container image of each workload, by its name; of all others under `*`. */
  readonly images?: Readonly<Record<string, string>>;
  /** Kubernetes namespace of what is run; by default `default`. */
  readonly namespace?: string;
}

/** A way to write plans. */
export interface Target<P extends DeployablePlan = DeployablePlan> {
  /** The kinds of plan it can write. */
  readonly kinds: readonly P["kind"][];
  /** @param plan  one of these kinds */
  write(plan: P, options: EmitOptions): Emission;
}
