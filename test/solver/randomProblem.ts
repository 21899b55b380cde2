import type { Problem } from "@partitune/schema";
import fc from "fast-check";
import { problemOf } from "./fixtures.ts";

const part = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const row = fc.record({ cost: fc.integer({ min: -5, max: 30 }).map((n) => n / 10), share: part, memory: part });

/** Small problems with two budgets, feasible or not, with ties and zeros. */
export const randomProblem: fc.Arbitrary<Problem> = fc
  .record({
    groups: fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    share: fc.integer({ min: 1, max: 40 }).map((n) => n / 20),
    memory: fc.integer({ min: 1, max: 40 }).map((n) => n / 20),
  })
  .map(({ groups, share, memory }) =>
    problemOf(
      groups.map((choices) => choices.map((each) => [each.cost, { share: each.share, memory: each.memory }] as const)),
      { share, memory },
    ),
  );

/** The cheapest selection by trying all; undefined when nothing fits. */
export function tryAll(problem: Problem): number | undefined {
  const costs = problem.settings.flatMap((setting) => {
    const combine = (g: number, cost: number, used: Readonly<Record<string, number>>): number[] => {
      const group = setting.groups[g];
      if (group === undefined) {
        const fits = Object.entries(setting.budgets).every(([budget, most]) => (used[budget] ?? 0) <= most + 1e-9);
        return fits ? [cost] : [];
      }
      return group.choices
        .filter((choice) => choice.violations.length === 0)
        .flatMap((choice) => {
          const names = Object.keys(setting.budgets);
          const next = Object.fromEntries(names.map((name) => [name, (used[name] ?? 0) + (choice.uses[name] ?? 0)]));
          return combine(g + 1, cost + choice.cost, next);
        });
    };
    return combine(0, setting.cost, {});
  });
  return costs.length === 0 ? undefined : Math.min(...costs);
}
