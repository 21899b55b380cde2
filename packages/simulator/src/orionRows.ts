import type { KernelTask } from "./kernelGame.ts";

/** What Orion's policy knows of operations. */
export interface OrionRows {
  /** Multiprocessors, as the profile has them, even more than the device has. */
  readonly needs: Int32Array;
  /** Multiprocessors that they hold while they run. */
  readonly held: Int32Array;
  readonly profiles: Int8Array;
  /** 1: a copy or a memset. */
  readonly memory: Uint8Array;
}

/** Columns of tasks behind one another. An operation of which nothing is known needs the whole device; copies hold no multiprocessor. */
export function toOrionRows(tasks: readonly KernelTask[], multiprocessors: number): OrionRows {
  const count = tasks.reduce((sum, { step }) => sum + step.durations.length, 0);
  const needs = new Int32Array(count).fill(multiprocessors);
  const profiles = new Int8Array(count).fill(-1);
  const memory = new Uint8Array(count);
  let i = 0;
  for (const task of tasks)
    for (let row = 0; row < task.step.durations.length; row++, i++) {
      needs[i] = task.needs?.[row] ?? multiprocessors;
      profiles[i] = task.profiles?.[row] ?? -1;
      memory[i] = task.memory?.[row] === true ? 1 : 0;
    }
  const held = needs.map((need, row) => (memory[row] === 1 ? 0 : Math.min(need, multiprocessors)));
  return { needs, held, profiles, memory };
}
