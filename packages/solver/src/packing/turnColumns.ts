import type { PerSecond } from "@partitune/schema";
import type { Choice, Choices, ServiceChoices } from "./choices.ts";
import type { Tenant } from "./layout.ts";
import { answersOf, toTenant } from "./takeTurns.ts";

/** One way for several services to take turns on a piece. */
export interface TurnColumn {
  /** Position of the piece in the card's list. */
  readonly index: number;
  /** Positions of the services, ascending. */
  readonly services: readonly number[];
  /** In the order of `services`. */
  readonly tenants: readonly Tenant[];
}

/**
 * Every way for two to `most` services to take turns on one piece under the problem's rule, less those that another with the same services
 * and piece beats in every rate. Empty under a rule that does not cover sharing.
 */
export function turnColumns(choices: Choices, most: number): readonly TurnColumn[] {
  const { services, problem } = choices;
  return problem.card.pieces.flatMap(({ name }, index) => {
    const able = [...services.keys()].filter((i) => services[i]!.admitted.has(name));
    return subsets(able, most).flatMap((group) => {
      const found = waysOf(
        choices,
        name,
        group.map((i) => services[i]!),
      );
      return dropBeaten(found).map((tenants) => ({ index, services: group, tenants }));
    });
  });
}

/** Groups of 2 to `most` members, in order. */
function subsets(members: readonly number[], most: number): readonly (readonly number[])[] {
  let groups: readonly (readonly number[])[] = members.map((member) => [member]);
  const all: (readonly number[])[] = [];
  for (let size = 2; size <= most; size += 1) {
    groups = groups.flatMap((group) =>
      members.filter((member) => member > group.at(-1)!).map((member) => [...group, member]),
    );
    all.push(...groups);
  }
  return all;
}

function waysOf(choices: Choices, piece: string, group: readonly ServiceChoices[]): readonly (readonly Tenant[])[] {
  const respond = choices.rule.turnResponse!;
  const { card } = choices.problem;
  const memory =
    card.pieces.find(({ name }) => name === piece)!.memoryBytes ?? card.memoryBytes ?? Number.POSITIVE_INFINITY;
  const options = group.map(({ admitted }) => distinct(admitted.get(piece)!));
  const found: (readonly Tenant[])[] = [];
  const visit = (picked: readonly Choice[], cycle: number, bytes: number) => {
    if (bytes > memory || group.some(({ service }) => cycle > service.deadlineSeconds)) return;
    if (picked.length < group.length) {
      for (const choice of options[picked.length]!) {
        visit([...picked, choice], cycle + choice.row.latencySeconds, bytes + (choice.row.memoryBytes ?? 0));
      }
      return;
    }
    const turns = picked.map(({ row }) => row.latencySeconds);
    if (group.some(({ service }, i) => respond(turns, i) > service.deadlineSeconds)) return;
    found.push(
      picked.map((choice, i) => ({ ...toTenant(choice, group[i]!), ratePerSecond: answersOf(choice) / cycle })),
    );
  };
  visit([], 0, 0);
  return found;
}

/** Configurations that no other beats in length of turn, answers per turn and memory. */
function distinct(choices: readonly Choice[]): readonly Choice[] {
  const cost = (choice: Choice) => [choice.row.latencySeconds, -answersOf(choice), choice.row.memoryBytes ?? 0];
  return keepUnbeaten(choices, cost);
}

function dropBeaten(ways: readonly (readonly Tenant[])[]): readonly (readonly Tenant[])[] {
  return keepUnbeaten(ways, (tenants): readonly PerSecond[] => [
    ...tenants.map(({ ratePerSecond }) => -ratePerSecond),
    tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0),
  ]);
}

/** Items that no other equals or undercuts in every cost; the first of equals. */
function keepUnbeaten<Item>(items: readonly Item[], costOf: (item: Item) => readonly number[]): readonly Item[] {
  const costs = items.map(costOf);
  const under = (a: readonly number[], b: readonly number[]) => a.every((cost, k) => cost <= b[k]!);
  return items.filter(
    (_, i) => !costs.some((cost, j) => j !== i && under(cost, costs[i]!) && (j < i || !under(costs[i]!, cost))),
  );
}
