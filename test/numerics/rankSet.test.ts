import fc from "fast-check";
import { expect, test } from "vitest";
import { rankSet } from "../../packages/numerics/src/rankSet.ts";

test.each([1, 31, 32, 33, 1024, 1025, 40_000])("with %d ranks, neighbours agree with a search through a list", (n) => {
  const rank = fc.integer({ min: 0, max: n - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), rank, rank), { maxLength: 60 }), (steps) => {
      const set = rankSet(n);
      const members = new Set<number>();
      for (const [adds, changed, asked] of steps) {
        if (adds) {
          set.add(changed);
          members.add(changed);
        } else {
          set.remove(changed);
          members.delete(changed);
        }
        expect(set.atMost(asked)).toBe(Math.max(-1, ...[...members].filter((member) => member <= asked)));
        const above = [...members].filter((member) => member >= asked);
        expect(set.atLeast(asked)).toBe(above.length === 0 ? -1 : Math.min(...above));
      }
    }),
    { seed: 11, numRuns: 60 },
  );
});
