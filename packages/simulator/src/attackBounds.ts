import { hashSeed, type Random, seededRandom } from "@partitune/numerics";
import { InputError, type ResponseTimes, type Seconds, type TaskSet } from "@partitune/schema";
import { type AttackName, attacks, drawGameJobs } from "./drawGameJobs.ts";
import { playKernelChains } from "./playKernelChains.ts";
import { playRunList } from "./playRunList.ts";
import { type GameJobs, type GameTask, inNanoseconds, type LongestResponses, toGameTasks } from "./realTimeGame.ts";
import type { RunListRules } from "./runListPlayer.ts";

export interface AttackOptions {
  readonly seed: string | number;
  /** Games; each takes the next way of attacking. By default 8. */
  readonly games?: number;
  /** Length of a game in the longest period of the set, by default 4. */
  readonly periods?: number;
  /** For GCAPS: what a task has the accelerator for, by default `execution`, which is what the published analysis assumes. */
  readonly holding?: RunListRules["holding"];
}

/** How near the games came to the bound of one task. */
export interface AttackedBound {
  readonly task: string;
  readonly boundSeconds: Seconds;
  /** Longest response in all games. */
  readonly longestSeconds: Seconds;
  readonly attack: AttackName;
  /** The longest response is beyond the bound. */
  readonly broken: boolean;
}

type Play = (tasks: readonly GameTask[], jobs: GameJobs, horizon: number) => LongestResponses;

/**
 * Tries to break response-time bounds by playing the task set: all tasks at once, tasks that just missed their turn, random releases and early
 * completions. It shares no formula with the analyses. Only tasks with a bound are judged.
 *
 * @returns one entry per task with a bound
 * @throws InputError when there is no game for the analysis
 */
export function attackBounds(
  taskSet: TaskSet,
  responseTimes: ResponseTimes,
  options: AttackOptions,
): readonly AttackedBound[] {
  const { seed, games = 8, periods = 4, holding = "execution" } = options;
  const play = gameOf(taskSet, responseTimes.analysis, holding);
  const tasks = withGpuPriorities(toGameTasks(taskSet), responseTimes);
  const horizon = periods * Math.max(...tasks.map(({ period }) => period));
  const longest = tasks.map(() => ({ response: 0, attack: attacks[0] as AttackName }));
  for (let game = 0; game < games; game++) {
    const attack = attacks[game % attacks.length]!;
    const random: Random = seededRandom(hashSeed(seed, game));
    const responses = play(tasks, drawGameJobs(tasks, attack, horizon, random), 2 * horizon);
    for (const [index, response] of responses.entries())
      if (response > longest[index]!.response) longest[index] = { response, attack };
  }
  return responseTimes.tasks.flatMap(({ task, boundSeconds }) => {
    if (boundSeconds === null) return [];
    const { response, attack } = longest[tasks.findIndex(({ name }) => name === task)]!;
    const broken = response > inNanoseconds(boundSeconds);
    return [{ task, boundSeconds, longestSeconds: response / 1e9, attack, broken }];
  });
}

function gameOf({ accelerator }: TaskSet, analysis: string, holding: RunListRules["holding"]): Play {
  const update = inNanoseconds(accelerator.updateSeconds);
  const runList =
    (waiting: RunListRules["waiting"]): Play =>
    (tasks, jobs, horizon) =>
      playRunList(tasks, jobs, { waiting, update, holding }, horizon);
  switch (analysis) {
    case "limited-preemptive":
    case "host-gap":
      return playKernelChains;
    case "gcaps-suspend":
    case "gcaps-suspend-gpu-priorities":
      return runList("suspend");
    case "gcaps-busy":
    case "gcaps-busy-gpu-priorities":
      return runList("busy");
    default:
      throw new InputError({
        what: `analysis "${analysis}"`,
        problem: "has no game that attacks its bounds",
        advice: "use limited-preemptive, host-gap or a GCAPS analysis",
      });
  }
}

function withGpuPriorities(tasks: readonly GameTask[], { tasks: analysed }: ResponseTimes): readonly GameTask[] {
  return tasks.map((task) => ({
    ...task,
    gpuPriority: analysed.find((row) => row.task === task.name)?.gpuPriority ?? task.gpuPriority,
  }));
}
