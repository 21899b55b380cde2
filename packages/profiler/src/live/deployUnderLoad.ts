import type { Plan, Seconds, Warning } from "@partitune/schema";
import { type Deployment, type DeployOptions, deployPlan } from "./deployPlan.ts";
import type { LoadProgress, LoadRequest, StreamSamples } from "./load.ts";
import { generateLoad } from "./loadGenerator.ts";

/** How a plan is deployed and loaded. */
export interface UnderLoadOptions extends Omit<DeployOptions, "onStep"> {
  /** The load, given the socket of each placement's server in the plan's order. */
  readonly loadOf: (sockets: readonly string[]) => LoadRequest;
  readonly onProgress?: (progress: LiveProgress) => void;
}

/** What is going on, and while load is generated how far it is. */
export interface LiveProgress {
  readonly step: "check" | "start" | "load" | "stop";
  readonly what: string;
  /** Seconds of load that have passed, of how many. */
  readonly done?: Seconds;
  readonly total?: Seconds;
  readonly secondsLeft?: Seconds;
}

/** What happened to a plan that was deployed, loaded and stopped. */
export interface LoadedPlan {
  readonly load: LoadRequest;
  readonly streams: readonly StreamSamples[];
  /** What the check of the machine said, line by line. */
  readonly findings: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Deploys a plan on this machine by its emitted scripts, drives its placements with open-loop load, and stops everything again, also when
 * it fails, is aborted, or when this process is killed.
 *
 * @throws DeploymentFailure when the plan cannot be deployed here, or not be stopped wholly
 * @throws the signal's reason when it was aborted
 */
export async function deployUnderLoad(plan: Plan, options: UnderLoadOptions): Promise<LoadedPlan> {
  const { signal, onProgress, loadOf, ...deploy } = options;
  const deployment = await deployPlan(plan, {
    ...deploy,
    ...(signal === undefined ? {} : { signal }),
    onStep: (step) => onProgress?.({ step, what: steps[step] }),
  });
  try {
    const load = loadOf(deployment.sockets);
    const streams = await generateLoad(load, (progress) => onProgress?.(loadProgress(progress)), signal);
    const { findings } = deployment;
    return { load, streams, findings, warnings: [...deployment.warnings, ...machineWarnings(deployment)] };
  } finally {
    onProgress?.({ step: "stop", what: steps.stop });
    await deployment.stop();
  }
}

/** A request that has no answer after ten times the longest deadline, and at least 2 s, is given up. */
export function timeoutOf({ demands }: Plan): Seconds {
  return Math.max(2, ...demands.map(({ deadlineSeconds }) => 10 * deadlineSeconds));
}

const steps = {
  check: "checking the machine",
  start: "starting every placement and waiting until it serves",
  stop: "stopping every placement",
} as const;

/** What the check found that does not forbid the plan, but may make it behave otherwise. */
function machineWarnings({ findings }: Deployment): readonly Warning[] {
  const notes = findings.filter((line) => line.startsWith("note")).map((line) => line.replace(/^note\s+/, ""));
  const advice = "keep it in mind when you judge the measurement";
  return notes.map((cause) => ({ code: "machine-note", where: "this machine", cause, advice }));
}

function loadProgress({ elapsed, total, sent, answered }: LoadProgress): LiveProgress {
  return {
    step: "load",
    what: `under load: ${sent} requests sent, ${answered} answered`,
    done: Math.floor(elapsed),
    total: Math.ceil(total),
    secondsLeft: total - elapsed,
  };
}
