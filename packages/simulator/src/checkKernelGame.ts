import { InputError } from "@partitune/schema";
import type { KernelGame, KernelPredictions, KernelTask, LowTask } from "./kernelGame.ts";

/** Priority queues of the scheduler. */
const levels = 10;

/** @throws InputError when times are not whole, columns do not match, or tasks do not fit the scenario */
export function checkKernelGame(game: KernelGame): void {
  checkTask(game.high);
  if (timeOf(game.high) === 0) fail(game.high.name, "takes no time", "give operations that take time");
  for (const task of game.low) {
    checkTask(task);
    checkLow(task, game.scenario);
  }
  const { arrival = 0 } = game;
  if (!isTime(arrival) || (game.scenario === "co-run" && arrival !== 0))
    throw new InputError({
      what: `arrival of "${game.high.name}"`,
      problem: `is ${arrival}`,
      advice: game.scenario === "co-run" ? "leave it out: all start together" : "give a whole number of ns, at least 0",
    });
}

function checkTask({ name, step, needs, profiles, memory }: KernelTask): void {
  const rows = step.identities.length;
  if (rows === 0) fail(name, "has no operations", "give a step with at least one");
  for (const column of [step.durations, step.idles, step.idleKinds, needs, profiles, memory])
    if (column !== undefined && column.length !== rows)
      fail(name, `has ${rows} operations and a column of ${column.length}`, "give columns of one length");
  checkTimes(name, "durations", step.durations);
  checkTimes(name, "idle times", step.idles);
  const kind = step.idleKinds.findIndex((each) => each !== 0 && each !== 1 && each !== 2);
  if (kind >= 0) fail(name, `has idle time of kind ${step.idleKinds[kind]} at row ${kind}`, "give 0, 1 or 2");
  const need = (needs ?? []).findIndex((each) => each !== null && !(Number.isSafeInteger(each) && each > 0));
  if (need >= 0)
    fail(name, `needs ${needs![need]} multiprocessors at row ${need}`, "give a whole number above 0, or null");
}

function checkTimes(name: string, what: string, column: readonly number[]): void {
  for (let row = 0; row < column.length; row++)
    if (!isTime(column[row]!))
      fail(name, `has ${what} of ${column[row]} at row ${row}`, "give whole numbers of ns, at least 0");
}

function checkLow(task: LowTask, scenario: KernelGame["scenario"]): void {
  const { name, priority, jobs } = task;
  if (!(Number.isSafeInteger(priority) && priority >= 0 && priority < levels))
    fail(name, `has priority ${priority}`, `there are ${levels} levels: give 0 to ${levels - 1}`);
  if (scenario === "co-run") {
    if (jobs !== null) fail(name, `has ${jobs} jobs`, "leave them null: beside a task that co-runs it has no end");
    if (timeOf(task) === 0) fail(name, "takes no time and runs without end", "give operations that take time");
  } else if (jobs === null) fail(name, "runs without end", "give a number of jobs where the urgent task preempts");
  else if (!(Number.isSafeInteger(jobs) && jobs > 0))
    fail(name, `has ${jobs} jobs`, "give a whole number of at least 1");
}

/** @throws InputError when a prediction is not a whole time, or belongs to no operation */
export function checkPredictions(game: KernelGame, { idles, durations, keys }: KernelPredictions): void {
  checkPredicted(game.high, "idle times", idles);
  if (durations.length > game.low.length)
    fail(game.high.name, `has predictions for ${durations.length} other tasks`, `there are ${game.low.length}`);
  for (const [index, column] of durations.entries()) checkPredicted(game.low[index]!, "durations", column);
  if (keys !== undefined && (keys.length !== game.high.step.identities.length || !Array.from(keys).every(isTime)))
    fail(game.high.name, "has keys that do not name its operations", "give one whole number for each, at least 0");
}

function checkPredicted(task: KernelTask, what: string, column: ArrayLike<number>): void {
  if (column.length > task.step.identities.length)
    fail(task.name, `has more predicted ${what} than operations`, "give at most one for each");
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (value === undefined || value === Number.POSITIVE_INFINITY || isTime(value)) continue;
    fail(task.name, `has predicted ${what} of ${value} at row ${row}`, "give whole numbers of ns, or Infinity");
  }
}

function isTime(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function timeOf({ step }: KernelTask): number {
  let total = 0;
  for (let row = 0; row < step.durations.length; row++) total += step.durations[row]! + step.idles[row]!;
  return total;
}

function fail(name: string, problem: string, advice: string): never {
  throw new InputError({ what: `"${name}"`, problem, advice });
}
