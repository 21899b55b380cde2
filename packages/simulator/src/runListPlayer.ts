import type { GameJob, GameTask } from "./realTimeGame.ts";

/** When a task has a claim on the accelerator, and how a change of the run list costs. */
export interface RunListRules {
  /** What a task does on its core while its kernels run. */
  readonly waiting: "suspend" | "busy";
  /** Time of a change of the run list, ns. */
  readonly update: number;
  /**
   * What a task has the accelerator for. `execution`: its kernels alone, and it is given on as they end. `segment`: from before the launches until
   * its processor has told the driver that the segment is over, as a driver does that is called before and after each segment.
   */
  readonly holding: "execution" | "segment";
}

/** What a job does next: compute, ask for the accelerator, wait for its kernels, or give the accelerator back. */
export type StepKind = "cpu" | "begin" | "wait" | "end";

interface Step {
  readonly kind: StepKind;
  readonly length: number;
}

/** What a task does to the accelerator: nothing, keep it idle, run kernels, or the change of the run list after them. */
export type Claim = "none" | "idle" | "kernels" | "change";

/** A task that is being played. */
export interface RunListPlayer {
  readonly task: GameTask;
  readonly jobs: readonly GameJob[];
  job: number;
  /** Steps of the current job; empty while none is there. */
  steps: readonly Step[];
  step: number;
  /** Processor time left of the step. */
  left: number;
  claim: Claim;
  /** Accelerator time left of the claim. */
  claimed: number;
  longest: number;
}

export function newPlayer(task: GameTask, jobs: readonly GameJob[]): RunListPlayer {
  return { task, jobs, job: 0, steps: [], step: 0, left: 0, claim: "none", claimed: 0, longest: 0 };
}

export function kindOf({ steps, step }: RunListPlayer): StepKind | undefined {
  return steps[step]?.kind;
}

/** Begins the next job where it is due and the one before is over. */
export function releaseDue(player: RunListPlayer, now: number, rules: RunListRules): void {
  const job = player.jobs[player.job];
  if (player.steps.length > 0 || job === undefined || job.release > now) return;
  player.steps = stepsOf(player.task, job, rules);
  player.step = -1;
  enterNext(player, now, rules);
}

/** Enters the next step that takes time or needs leave; the end of a job is noted. */
export function enterNext(player: RunListPlayer, now: number, rules: RunListRules): void {
  for (;;) {
    const next = player.steps[++player.step];
    if (next === undefined) break;
    if (next.kind === "wait") {
      player.claim = "kernels";
      player.claimed = next.length;
      return;
    }
    player.left = next.length;
    if (next.length > 0 || needsLeave(next.kind, player.task, rules)) return;
  }
  player.longest = Math.max(player.longest, now - player.jobs[player.job]!.release);
  player.job++;
  player.steps = [];
  releaseDue(player, now, rules);
}

/** Whether a step changes, or may change, the run list. */
export function needsLeave(kind: StepKind | undefined, { bestEffort }: GameTask, { holding }: RunListRules): boolean {
  return !bestEffort && (kind === "begin" || (kind === "end" && holding === "segment"));
}

function stepsOf(task: GameTask, { parts, launches, executions }: GameJob, rules: RunListRules): readonly Step[] {
  const whole = rules.holding === "segment";
  const segments = executions.flatMap((execution, segment): Step[] => {
    const launch: Step = { kind: "cpu", length: launches[segment]! };
    const begin: Step = { kind: "begin", length: 0 };
    const wait: Step = { kind: "wait", length: execution };
    const part: Step = { kind: "cpu", length: parts[segment]! };
    if (task.bestEffort) return [part, launch, wait];
    return whole
      ? [part, begin, launch, wait, { kind: "end", length: 0 }]
      : [part, launch, begin, wait, { kind: "end", length: rules.update }];
  });
  return [...segments, { kind: "cpu", length: parts.at(-1)! }];
}
