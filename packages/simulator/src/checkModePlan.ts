import {
  InputError,
  type ModePlan,
  type ModeSchedule,
  type ModeTurns,
  modePlan,
  modeSchedule,
} from "@partitune/schema";
import { checkArrivals } from "./checkArrivals.ts";
import type { ModeArrivals } from "./modeLoad.ts";

/**
 * Refuses what cannot be played.
 *
 * @throws InputError when a number is out of range, nothing is to run, a workload stands twice in one period, a rule needs to know
 *   what it cannot, or arrivals name no inference of the plan
 */
export function checkModePlan(plan: ModePlan | ModeSchedule, arrivals: ModeArrivals): void {
  const parsed = plan.kind === "mode-plan" ? modePlan.safeParse(plan) : modeSchedule.safeParse(plan);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw bad(`the ${plan.kind}`, `field "${path.join(".")}": ${message}`, "correct the field");
  }
  const periods = plan.kind === "mode-plan" ? [plan] : plan.periods;
  for (const [i, turns] of periods.entries())
    checkTurns(plan.kind === "mode-plan" ? "the plan" : `period ${i + 1}`, turns);
  if (typeof arrivals === "object") checkGiven(periods, arrivals);
}

function checkTurns(what: string, { inferences, background }: ModeTurns): void {
  const names = [...inferences, ...(background === null ? [] : [background])].map(({ workload }) => workload);
  if (names.length === 0) throw bad(what, "runs nothing", "give it an inference or a background job");
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw bad(what, `runs "${twice}" twice`, "name each workload once");
  for (const { workload, dispatcher, timeoutSeconds } of inferences) {
    if (dispatcher === "windowed" && timeoutSeconds !== undefined)
      throw bad(`inference "${workload}"`, "has windows and a timeout", 'leave one out, or use dispatcher "on-full"');
  }
  if (background === null) return;
  const blind = inferences.find(({ dispatcher }) => dispatcher === "on-full");
  if (blind !== undefined && background.policy !== "greedy")
    throw bad(
      `policy "${background.policy}"`,
      `cannot know when "${blind.workload}" will have a minibatch ready`,
      'use dispatcher "windowed" or policy "greedy"',
    );
  if (inferences.length === 0 && background.highestPerWindow !== null)
    throw bad(
      `background "${background.workload}"`,
      "is limited per window, but nothing is gathered in windows",
      'set "highestPerWindow" to null',
    );
}

function checkGiven(periods: readonly ModeTurns[], arrivals: Extract<ModeArrivals, object>): void {
  const known = new Set(periods.flatMap(({ inferences }) => inferences.map(({ workload }) => workload)));
  for (const [name, given] of Object.entries(arrivals)) {
    checkArrivals(name, given);
    if (known.has(name)) continue;
    const names = [...known].map((each) => `"${each}"`).join(", ");
    throw bad(`arrivals "${name}"`, "name no inference of the plan", names === "" ? "leave them out" : `use ${names}`);
  }
}

/**
 * Refuses a number that is out of range.
 *
 * @throws InputError
 */
export function checkNumber(what: string, value: number, isGood: boolean, expected: string): void {
  if (isGood && Number.isFinite(value)) return;
  throw bad(what, `is ${value}`, `give ${expected}`);
}

function bad(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
