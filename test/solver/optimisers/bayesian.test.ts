import { seededRandom } from "@partitune/numerics";
import { bayesianWith, nsga2With, optimisers, type StartOptimiser } from "@partitune/solver";
import { expect, test } from "vitest";
import { optimise, shareOfFront } from "../fixtures/shareOfFront.ts";
import { bnh, osy, type TestProblem, zdt1 } from "../fixtures/testProblems.ts";

const evaluations = 30;
const withFewer = (problem: TestProblem, d: number): TestProblem => ({
  ...problem,
  variables: problem.variables.slice(0, d),
});

// with some dozens of evaluations every one must count
test.each([
  ["ZDT1 of 3 variables", withFewer(zdt1, 3), 0.9],
  ["BNH", bnh, 0.97],
  ["OSY", osy, 0.5],
])("on %s, 30 evaluations find more than those of NSGA-II, Parzen estimators and chance", (_, problem, least) => {
  const share = (start: StartOptimiser) => {
    const { variables, objectives } = problem;
    const optimiser = start({ variables, objectives, random: seededRandom("few evaluations") });
    return shareOfFront(optimise(optimiser, problem, evaluations), problem);
  };
  const found = share(bayesianWith({ reference: problem.volumes[0]!.reference }));
  expect(found).toBeGreaterThan(least);
  expect(found).toBeGreaterThan(share(nsga2With({ population: 10 })));
  expect(found).toBeGreaterThan(share(optimisers["tree-parzen"]));
  expect(found).toBeGreaterThan(share(optimisers.random));
});

test("with one objective it finds the minimum of a valley in 30 evaluations", () => {
  const valley = ([x, y]: readonly number[]) => (1 - x!) ** 2 + 10 * (y! - x! ** 2) ** 2; // least, 0, at (1, 1)
  const variables = [0, 1].map(() => ({ low: -2, high: 2, kind: "real" }) as const);
  const optimiser = optimisers.bayesian({ variables, objectives: 1, random: seededRandom("valley") });
  for (let k = 0; k < 30; k++) optimiser.tell(optimiser.ask().map((point) => ({ point, objectives: [valley(point)] })));
  expect(optimiser.best()[0]!.objectives[0]).toBeLessThan(0.05);
});
