import { seededRandom } from "@partitune/numerics";
import {
  byWatts,
  concurrentSweep,
  inferenceSweep,
  joinInferences,
  joinRows,
  trainingSweep,
  twoInferencesSweep,
} from "@partitune/solver";
import { bruteConcurrent, bruteInference, bruteTwo } from "../solver/problems/brute.ts";
import {
  budgetsWatts,
  demandsOf,
  type PowerTables,
  powerTables,
  solveConcurrent,
  solveInference,
  solveTraining,
  solveTwoInferences,
  twoDemandsOf,
} from "../solver/problems/powerGrid.ts";
import type { BenchRow } from "./benchRow.ts";

const problemCount = 279_169;
const limitSeconds = 10;
const checked = 1000;

/** The exact optimum of every problem of the evaluation grid on the synthetic board, after a plain enumeration of some. */
export async function bench(): Promise<BenchRow[]> {
  const tables = powerTables(0);
  checkAgainstEnumeration(tables);
  return [gridRow(tables, "reserve"), gridRow(tables, "slack")];
}

function gridRow(tables: PowerTables, policy: "reserve" | "slack"): BenchRow {
  const start = performance.now();
  const concurrent = solveConcurrent(tables, policy);
  const inference = solveInference(tables);
  const two = solveTwoInferences(tables);
  const training = solveTraining(tables);
  const value = (performance.now() - start) / 1e3;
  const problems = concurrent.problems + inference.problems + two.problems + training.problems;
  if (problems !== problemCount) throw new Error(`the grid has ${problems} problems instead of ${problemCount}`);
  return {
    name: `exact optimum of ${problemCount} power-mode problems, ${policy}, one core`,
    target: `≤ ${limitSeconds} s`,
    value,
    unit: "s",
    met: value <= limitSeconds,
    note: `${concurrent.solved} train, ${inference.solved} infer, ${two.solved} infer twice, ${training.solved} train alone; synthetic board`,
  };
}

/** Throws unless a thousand random problems have the value that trying everything gives. */
function checkAgainstEnumeration({ training, inference }: PowerTables): void {
  const random = seededRandom("grid");
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  const joined = training.flatMap((trained) => inference.map((served) => ({ trained, served })));
  for (const { trained, served } of joined) {
    const rows = joinRows({ training: trained, inference: served });
    for (let i = 0; i < 0.5 * (checked / joined.length); i++) {
      const demand = { ...pick(demandsOf(served)), policy: pick(["reserve", "slack"] as const) };
      const watts = pick(budgetsWatts);
      const windowed = { ...demand, dispatcher: "windowed" } as const;
      const found = concurrentSweep(rows, windowed, [watts])[0];
      const expected = bruteConcurrent({ training: trained, inference: served }, windowed, watts);
      const finite = 2e-4 / (found?.windowSeconds ?? 1); // the enumeration follows 10,000 windows
      expectNear(found?.trainingRate ?? 0, expected, Math.max(2e-3, finite / expected));
    }
  }
  for (const urgent of inference) {
    for (const nonUrgent of inference) {
      const pairs = joinInferences({ urgent, nonUrgent });
      for (let i = 0; i < 0.3 * (checked / 9); i++) {
        const demands = twoDemandsOf(pick(demandsOf(urgent)), nonUrgent);
        const watts = pick(budgetsWatts);
        const found = twoInferencesSweep(pairs, demands, [watts])[0]?.urgentLatencySeconds ?? Number.POSITIVE_INFINITY;
        expectNear(found, bruteTwo(urgent, nonUrgent, demands, watts), 1e-9);
      }
    }
    const sorted = byWatts(urgent);
    for (let i = 0; i < 0.2 * (checked / 3); i++) {
      const { ratePerSecond, latencySeconds } = pick(demandsOf(urgent));
      const watts = pick(budgetsWatts);
      const demand = { ratePerSecond, latencySeconds, dispatcher: "windowed" } as const;
      const found = inferenceSweep(sorted, demand, [watts])[0]?.latencySeconds ?? Number.POSITIVE_INFINITY;
      expectNear(found, bruteInference(urgent, ratePerSecond, latencySeconds, watts), 1e-9);
    }
  }
  for (const rows of training) {
    for (const [i, choice] of trainingSweep(rows, budgetsWatts).entries()) {
      const admitted = rows.filter(({ watts }) => watts <= budgetsWatts[i]!);
      const best = Math.min(...admitted.map(({ seconds }) => seconds));
      expectNear(choice?.seconds ?? Number.POSITIVE_INFINITY, best, 0.005);
    }
  }
}

function expectNear(found: number, expected: number, tolerance: number): void {
  if (found === expected || Math.abs(found / expected - 1) <= tolerance) return;
  throw new Error(`found ${found} where enumeration finds ${expected}`);
}
