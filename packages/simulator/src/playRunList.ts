import type { GameJobs, GameTask, LongestResponses } from "./realTimeGame.ts";
import {
  enterNext,
  kindOf,
  needsLeave,
  newPlayer,
  type RunListPlayer,
  type RunListRules,
  releaseDue,
} from "./runListPlayer.ts";

interface Game {
  readonly rules: RunListRules;
  /** Tasks of each core, the most urgent first. */
  readonly cores: readonly (readonly RunListPlayer[])[];
  /** All tasks, the most urgent on the accelerator first. */
  readonly players: readonly RunListPlayer[];
  /** Who changes the run list; one at a time. */
  changing: RunListPlayer | null;
}

/**
 * Plays tasks on cores with preemptive priorities, and an accelerator that the most urgent claimant has for itself.
 *
 * A change of the run list costs time on the caller's core, where nobody interrupts it, and the accelerator stands still. One change happens at a time,
 * and others sleep until it is over, also where tasks wait busily for their kernels: the published bounds charge a task nothing for a more urgent one of
 * its core that would spin meanwhile. A task that asks while a more urgent one is listed is only noted down, which costs
 * nothing. Tasks without deadlines take what is left and change no list.
 *
 * @param horizon  the game ends here, whatever is left; ns
 */
export function playRunList(
  tasks: readonly GameTask[],
  jobs: GameJobs,
  rules: RunListRules,
  horizon: number,
): LongestResponses {
  const players = tasks.map((task, index) => newPlayer(task, jobs[index]!));
  const game: Game = {
    rules,
    cores: toCores(players),
    players: players.toSorted((a, b) => b.task.gpuPriority - a.task.gpuPriority),
    changing: null,
  };
  for (let now = 0; now < horizon; ) {
    for (const player of players) releaseDue(player, now, rules);
    grantChanges(game, now);
    const running = game.cores.flatMap((core) => runningOn(core, game) ?? []).filter((player) => player.left > 0);
    const served = game.changing === null ? occupantOf(game) : undefined;
    const passed = untilNext(game, running, served, now);
    if (passed === Number.POSITIVE_INFINITY) break;
    now += passed;
    if (served !== undefined) serve(served, passed, game, now);
    for (const player of running) spend(player, passed, game, now);
  }
  return players.map(({ longest }) => longest);
}

function toCores(players: readonly RunListPlayer[]): readonly (readonly RunListPlayer[])[] {
  const cores = Map.groupBy(
    players.toSorted((a, b) => b.task.priority - a.task.priority),
    ({ task }) => task.core,
  );
  return [...cores.values()];
}

/** Starts changes of the run list, the most urgent asking first, as long as one can. */
function grantChanges(game: Game, now: number): void {
  while (game.changing === null) {
    let first: RunListPlayer | null = null;
    for (const core of game.cores) {
      const asking = runningOn(core, game);
      if (asking === undefined || !needsLeave(kindOf(asking), asking.task, game.rules)) continue;
      if (first === null || asking.task.priority > first.task.priority) first = asking;
    }
    if (first === null) return;
    game.changing = first;
    first.left = changesList(first, game) ? game.rules.update : 0;
    if (first.left === 0) endChange(first, game, now);
  }
}

/** The task that has the core: one that changes the run list, or the most urgent that wants it. */
function runningOn(core: readonly RunListPlayer[], game: Game): RunListPlayer | undefined {
  const { changing, rules } = game;
  if (changing !== null && core.includes(changing)) return changing;
  return core.find((player) => {
    const kind = kindOf(player);
    if (kind === undefined) return false;
    if (player.task.bestEffort) return kind !== "wait";
    if (changing !== null && needsLeave(kind, player.task, rules)) return false;
    return kind !== "wait" || rules.waiting === "busy";
  });
}

/** Whether nobody more urgent is listed. */
function changesList(player: RunListPlayer, { players }: Game): boolean {
  const first = players.find(({ claim, task }) => (claim === "kernels" || claim === "idle") && !task.bestEffort);
  return first === undefined || first.task.gpuPriority <= player.task.gpuPriority;
}

function endChange(player: RunListPlayer, game: Game, now: number): void {
  game.changing = null;
  player.claim = kindOf(player) === "begin" ? "idle" : "none";
  enterNext(player, now, game.rules);
}

function occupantOf({ players }: Game): RunListPlayer | undefined {
  return players.find(({ claim }) => claim !== "none");
}

function untilNext(
  { players }: Game,
  running: readonly RunListPlayer[],
  served: RunListPlayer | undefined,
  now: number,
): number {
  let passed = Number.POSITIVE_INFINITY;
  for (const { left } of running) passed = Math.min(passed, left);
  if (served !== undefined && served.claim !== "idle") passed = Math.min(passed, served.claimed);
  for (const { steps, jobs, job } of players)
    if (steps.length === 0 && job < jobs.length) passed = Math.min(passed, jobs[job]!.release - now);
  return passed;
}

function spend(player: RunListPlayer, passed: number, game: Game, now: number): void {
  player.left -= passed;
  if (player.left > 0) return;
  if (player === game.changing) endChange(player, game, now);
  else enterNext(player, now, game.rules);
}

function serve(player: RunListPlayer, passed: number, { rules }: Game, now: number): void {
  if (player.claim === "idle") return;
  player.claimed -= passed;
  if (player.claimed > 0) return;
  if (player.claim === "change") {
    player.claim = "none";
    return;
  }
  const followed = rules.holding === "execution" && rules.update > 0 && !player.task.bestEffort;
  player.claim = rules.holding === "segment" && !player.task.bestEffort ? "idle" : followed ? "change" : "none";
  player.claimed = rules.update;
  enterNext(player, now, rules);
}
