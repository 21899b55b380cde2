import { InputError, type ModePlan } from "@partitune/schema";

/**
 * Refuses a mode plan whose rules cannot be followed.
 *
 * @throws InputError when nothing is to run, a workload stands twice or is unknown, or the background waits for what the
 *   dispatcher cannot tell
 */
export function checkTurns({ inferences, background, workloads }: ModePlan): void {
  const jobs = [...inferences, ...(background === null ? [] : [background])].map(({ workload }) => workload);
  if (jobs.length === 0) throw bad("the mode plan", "runs nothing", "plan an inference or a background job");
  const twice = jobs.find((name, i) => jobs.indexOf(name) < i);
  if (twice !== undefined) throw bad(`workload "${twice}"`, "runs twice", "give each job a workload of its own");
  const stranger = jobs.find((name) => !workloads.some((workload) => workload.name === name));
  if (stranger !== undefined)
    throw bad(`workload "${stranger}"`, "is not described by the plan", "solve again, or add it to its workloads");
  const blind = inferences.find(({ dispatcher }) => dispatcher === "on-full");
  if (blind !== undefined && background !== null && background.policy !== "greedy")
    throw bad(
      `policy "${background.policy}"`,
      `cannot know when "${blind.workload}" will have a minibatch ready`,
      'use dispatcher "windowed" or policy "greedy"',
    );
}

function bad(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
