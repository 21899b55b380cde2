import { type FilledTask, InputError, type KernelFillPlan, kernelText } from "@partitune/schema";
import type { OverlapPredictions } from "../overlapPolicies/overlapPolicy.ts";
import type { OverlapTask } from "./overlapTask.ts";

type PlannedTask = Pick<OverlapTask, "name" | "identities" | "rows">;

/**
 * What a plan says of every operator of the tasks that it is for. An operator without an entry of its own is looked up by its identity;
 * one without that either has no idle time after it, and fits nowhere.
 *
 * @throws InputError when the plan has no such task
 */
export function planPredictions(
  plan: KernelFillPlan,
  high: PlannedTask,
  low: readonly PlannedTask[],
): OverlapPredictions {
  const urgent = entriesOf(plannedTask(plan, high.name, "high"), high);
  const others = low.map((task) => entriesOf(plannedTask(plan, task.name, "low"), task));
  return {
    idles: urgent.map(({ idle }) => idle),
    executions: others.map((rows) => rows.map(({ execution }) => execution)),
    keys: urgent.map(({ key }) => key),
  };
}

/** Times of one row, ns, and the place in the table that its idle time is from. */
interface Planned {
  readonly execution: number;
  readonly idle: number;
  readonly key: number;
}

function plannedTask({ tasks }: KernelFillPlan, name: string, role: FilledTask["role"]): FilledTask {
  const found = tasks.find((task) => task.name === name && task.role === role);
  if (found !== undefined) return found;
  throw new InputError({
    what: `fill plan`,
    problem: `has no task "${name}" of ${role} priority`,
    advice: `its tasks are ${tasks.map((task) => `"${task.name}" (${task.role})`).join(", ")}; plan these networks again`,
  });
}

/** What the table says of each row; an entry that only ever ended a step has its idle time from its identity's. */
function entriesOf({ identities, table }: FilledTask, { identities: own, rows }: PlannedTask): readonly Planned[] {
  const known = new Map(identities.map((identity, i) => [kernelText(identity), i]));
  const places = new Map(table.map(({ identity, occurrence }, i) => [`${identity} ${occurrence}`, i]));
  const seen = new Map<number, number>();
  return rows.map((row, position) => {
    const identity = known.get(kernelText(own[row]!));
    const occurrence = seen.get(row) ?? 0;
    seen.set(row, occurrence + 1);
    const found = [places.get(`${identity} ${occurrence}`), places.get(`${identity} null`)].filter(
      (place) => place !== undefined,
    );
    const idlePlace = found.find((place) => table[place]!.idle !== null);
    return {
      execution: found.length === 0 ? Number.POSITIVE_INFINITY : table[found[0]!]!.execution.planned,
      idle: idlePlace === undefined ? 0 : table[idlePlace]!.idle!.planned,
      key: idlePlace ?? table.length + position,
    };
  });
}
