import type { RestoreStep } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { describeFailure } from "../restorers/describeFailure.ts";
import { restorers } from "../restorers/index.ts";
import type { ReadBack, Restorer, RestoreWorld } from "../restorers/restorer.ts";
import { systemClock } from "../systemClock.ts";

/** A step as a restore file knows it. */
export interface NumberedStep {
  readonly number: number;
  readonly step: RestoreStep;
}

/** What became of a step: back, or why not. */
export interface StepOutcome extends NumberedStep {
  readonly reason: string | undefined;
}

const pauseSeconds = 0.1;

/**
 * Puts settings back and reads them back: first the loads are stopped, then the settings follow, of both the latest first. One that
 * fails does not keep the others from being tried.
 *
 * @param tell  called after each step
 */
export async function putBack(
  steps: readonly NumberedStep[],
  world: RestoreWorld,
  tell: (outcome: StepOutcome) => void,
): Promise<readonly StepOutcome[]> {
  const latestFirst = steps.toSorted((a, b) => b.number - a.number);
  const isLoad = ({ step }: NumberedStep) => step.kind === "process";
  const outcomes: StepOutcome[] = [];
  for (const each of [...latestFirst.filter(isLoad), ...latestFirst.filter((one) => !isLoad(one))]) {
    const outcome = { ...each, reason: await putBackOne(each.step, world) };
    outcomes.push(outcome);
    tell(outcome);
  }
  return outcomes;
}

/** @returns why it is not back; undefined when it is */
async function putBackOne(step: RestoreStep, world: RestoreWorld): Promise<string | undefined> {
  const restorer: Restorer<RestoreStep> = restorers[step.kind];
  const before = await tryReadingBack(restorer, step, world);
  if (before === "back") return undefined;
  if (step.needs === "reset" || step.needs === "reboot") return announce(step, before);
  const failure = await restorer.restore(step, world).then(() => undefined, describeFailure);
  const after = await settled(restorer, step, world, failure === undefined);
  if (after === "back" || (after === "unknown" && failure === undefined)) return undefined;
  const reason = failure ?? (after as Exclude<ReadBack, string>).differs;
  return step.needs === "drained"
    ? `${reason} (nothing may run on the device: end what does, then restore again)`
    : reason;
}

/** What is not done by itself, and what the user has to do. */
function announce(step: RestoreStep, found: ReadBack): string {
  const done = step.needs === "reset" ? "a reset of the device" : "a restart of the machine";
  const by = step.kind === "command" ? `run "${step.argv.join(" ")}", then ` : "";
  const why = typeof found === "object" ? ` (${found.differs})` : "";
  return `it needs ${done}, which is never done by itself${why}; ${by}${step.needs === "reset" ? "reset it" : "restart it"} and restore again`;
}

/** Settings may take a moment to show. */
async function settled(
  restorer: Restorer<RestoreStep>,
  step: RestoreStep,
  world: RestoreWorld,
  worthWaiting: boolean,
): Promise<ReadBack> {
  const start = monotonicSeconds();
  for (;;) {
    const found = await tryReadingBack(restorer, step, world);
    const late = monotonicSeconds() - start >= world.patience.settleSeconds;
    if (typeof found === "string" || late || !worthWaiting) return found;
    await systemClock.sleep(pauseSeconds);
  }
}

async function tryReadingBack(
  restorer: Restorer<RestoreStep>,
  step: RestoreStep,
  world: RestoreWorld,
): Promise<ReadBack> {
  return restorer.readBack(step, world).catch((error: unknown) => ({ differs: describeFailure(error) }));
}
