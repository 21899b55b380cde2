import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { excessSum } from "../../../../packages/solver/src/problems/judgeOf.ts";
import { costOf } from "../../../../packages/solver/src/strategies/gmd/costOf.ts";
import { ceilingOf, priceOf } from "../../../../packages/solver/src/strategies/gmd/scanRule.ts";
import { boundOf, leastCostOf, leastMissOf, termsOf } from "../../../../packages/solver/src/strategies/gmd/terms.ts";
import { openLedger } from "../../../../packages/solver/src/strategies/ledger.ts";
import { peakBudgetOf } from "../../../../packages/solver/src/strategies/pruning.ts";

const grid = { dimensions: [{ name: "clock", kind: "mono" }], modes: [[1]], names: ["only"] } as const;
const batches = [1, 4, 16];
const first = { workload: "first", batches, ratePerSecond: 20, latencySeconds: 0.6 };
const second = { workload: "second", batches, ratePerSecond: 5, latencySeconds: 2 };
const [peak, average] = [{ kind: "peak", watts: 30 } as const, { kind: "average", watts: 30 } as const];
const turns = { training: "train", inference: first, dispatcher: "windowed" } as const;
const two = { kind: "two-inferences", urgent: first, nonUrgent: second } as const;

const problems: Readonly<Record<string, ModeProblem>> = {
  "training of least time": { kind: "training", training: "train", objective: "time", budgetWatts: 30 },
  "training of least power": {
    kind: "training",
    training: "train",
    objective: "power",
    budgetWatts: 30,
    minibatchSeconds: 0.1,
  },
  "inference of least latency": {
    kind: "inference",
    inference: first,
    dispatchers: ["windowed", "on-full"],
    objective: "latency",
    budget: peak,
  },
  "inference of least power within an average": {
    kind: "inference",
    inference: first,
    dispatchers: ["windowed"],
    objective: "power",
    budget: average,
  },
  "training in reserved time": { kind: "concurrent", ...turns, policy: "reserve", budget: peak },
  "training in slack, with changeovers": {
    kind: "concurrent",
    ...turns,
    policy: "slack",
    budget: peak,
    highestLoad: 0.9,
    changeoverSeconds: 0.003,
  },
  "greedy training": { kind: "concurrent", ...turns, policy: "greedy", budget: peak },
  "training within an average": { kind: "concurrent", ...turns, policy: "reserve", budget: average },
  "a backlog": {
    kind: "backlogged",
    inference: first,
    backlog: { workload: "second", batches },
    policy: "slack",
    dispatcher: "windowed",
    budget: peak,
  },
  "two inferences": { ...two, objective: "latency", budget: peak },
  "two inferences and training": { ...two, training: "train", objective: "training", budget: peak },
  "two inferences and training within an average": {
    ...two,
    training: "train",
    objective: "training",
    budget: average,
  },
  "two inferences of least power": { ...two, training: "train", objective: "power", budget: peak },
};

const cost = fc.record({
  timeSeconds: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  powerWatts: fc.double({ min: 5, max: 60, noNaN: true }),
});

describe("what candidates miss and cost at least", () => {
  test.each(Object.entries(problems))("%s: no judge finds less", (_, problem) => {
    const ledger = openLedger({ grid, problem, probes: 1, random: seededRandom(1) }, "none");
    const terms = termsOf(ledger);
    const costs = costOf(ledger);
    const peakWatts = peakBudgetOf(problem) ?? Number.POSITIVE_INFINITY;
    const numberOfServed = ledger.jobs.served.length;
    const property = fc.property(
      fc.nat(ledger.combinations.length - 1),
      cost,
      fc.array(cost, { minLength: numberOfServed, maxLength: numberOfServed }),
      (combination, training, served) => {
        const trains = ledger.jobs.training !== null;
        const judgement = ledger.judge(ledger.combinations[combination]!, {
          ...(trains && { training }),
          served,
          ...(ledger.jobs.idle && { idleWatts: 4 }),
        });
        const watts = Math.max(trains ? training.powerWatts : 0, ...served.map(({ powerWatts }) => powerWatts));
        const numbers = {
          training: trains ? training.timeSeconds : 0,
          first: served[0]?.timeSeconds ?? 0,
          second: served[1]?.timeSeconds ?? 0,
          powerExcess: watts / peakWatts - 1,
        };
        const bound = boundOf(terms, combination, numbers);
        const least = leastCostOf(terms, combination, numbers, bound);
        const judged = costs(judgement, bound);
        expect(least).toBeGreaterThanOrEqual(bound * (1 - 1e-9));
        expect(leastMissOf(terms, combination, numbers)).toBeLessThanOrEqual(excessSum(judgement) + 1e-9);
        if (excessSum(judgement) <= 0) expect(least).toBeLessThanOrEqual(judged * (1 + 1e-9));
      },
    );
    fc.assert(property);
  });

  test("a bound above the ceiling leaves no lower price", () => {
    const number = (max: number) => fc.double({ min: 1e-6, max, noNaN: true });
    const property = fc.property(
      fc.constantFrom("step", "miss"),
      number(10),
      number(0.5),
      number(10),
      number(0.3),
      number(3),
      (kind, toBeat, miss, bound, surcharge, limit) => {
        const rule = { kind, toBeat, largestMiss: 0.2, surcharges: new Float64Array(1), surchargeWeight: 1 } as const;
        if (bound <= ceilingOf(rule, miss, surcharge, limit, Math.exp(limit))) return;
        expect(priceOf(rule, miss, bound, surcharge)).toBeGreaterThanOrEqual(limit - 1e-9);
      },
    );
    fc.assert(property);
  });
});
