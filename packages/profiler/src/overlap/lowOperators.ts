import type { OverlapClock, OverlapTask } from "./overlapTask.ts";

/** A task that may use the device while the urgent one leaves it idle; it runs its operators again and again. */
export interface LowOverlapTask extends OverlapTask {
  /** 1 (first) to 9. */
  readonly priority: number;
}

/** The low tasks of a device, of which only the next operator of each may run; it is always ready. */
export interface LowOperators {
  readonly count: number;
  /** Per task: its next operator. */
  readonly heads: readonly number[];
  /** Operators that have run so far, and the time that took, ns. */
  readonly done: { readonly operations: number; readonly work: number };
  /** A step of the urgent task begins: it is the first task's turn again. */
  restartTurns(): void;
  /** The next task in turn; −1 when there is none. */
  pick(): number;
  /** The next in turn of those on the lowest level; −1 when there is none. */
  pickByLevel(): number;
  /** BestPrioFit: of those predicted to take at most the budget, on the lowest level, the longest; ties go to the first; −1: none. */
  bestFit(budget: number, executions: readonly (readonly number[])[]): number;
  /** Runs the next operator of a task. */
  run(task: number): Promise<void>;
  /** The same; then it is the turn of the task behind it. */
  runInTurn(task: number): Promise<void>;
}

/** Low tasks, each at its first operator. What has run so far is kept from one step of the urgent task to the next. */
export function lowOperators(tasks: readonly LowOverlapTask[], clock: OverlapClock): LowOperators {
  const heads = tasks.map(() => 0);
  const runners = tasks.map((task) => task.begin());
  const done = { operations: 0, work: 0 };
  let turn = 0;
  const inTurn = (): readonly number[] => tasks.map((_, i) => (turn + i) % tasks.length);
  const run = async (task: number): Promise<void> => {
    const start = clock.now();
    await runners[task]!(heads[task]!);
    heads[task] = (heads[task]! + 1) % tasks[task]!.rows.length;
    done.operations++;
    done.work += clock.now() - start;
  };
  return {
    count: tasks.length,
    heads,
    done,
    restartTurns() {
      turn = 0;
    },
    pick: () => inTurn()[0] ?? -1,
    pickByLevel() {
      const lowest = Math.min(...tasks.map(({ priority }) => priority));
      return inTurn().find((task) => tasks[task]!.priority === lowest) ?? -1;
    },
    bestFit(budget, executions) {
      let best = -1;
      for (const [k, { priority }] of tasks.entries()) {
        const time = executions[k]![heads[k]!]!;
        if (time > budget) continue;
        const level = best < 0 ? Number.POSITIVE_INFINITY : tasks[best]!.priority;
        if (priority < level || (priority === level && time > executions[best]![heads[best]!]!)) best = k;
      }
      return best;
    },
    run,
    runInTurn(task) {
      turn = (task + 1) % tasks.length;
      return run(task);
    },
  };
}
