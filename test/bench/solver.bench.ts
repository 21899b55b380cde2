import { seededRandom } from "@partitune/numerics";
import type { Problem, Solution } from "@partitune/schema";
import { exhaustive, formulate, milp, paretoSelections, responseQuantile, type Station } from "@partitune/solver";
import { checkPlan } from "../solver/checkPlan.ts";
import { demand, device, lawOf, made, problemOf, share, workload } from "../solver/fixtures.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

/** Times the solver; every answer is checked first. */
export async function bench(): Promise<BenchRow[]> {
  return [...quantileRows(), formulateRow(), exhaustiveRow(), await milpRow(), frontRow()];
}

function row(name: string, unit: "s" | "ms", seconds: number, limit: number | null, note: string): BenchRow {
  const value = unit === "ms" ? seconds * 1e3 : seconds;
  if (limit === null) return { name, value, unit, met: null, note };
  return { name, target: `≤ ${limit} ${unit}`, value, unit, met: value <= limit, note };
}

function stationOf(maxBatch: number): Station {
  const serviceSeconds = Array.from({ length: maxBatch }, (_, i) => 0.3 + (0.7 * (i + 1)) / maxBatch);
  const ratios = Array.from({ length: 101 }, (_, i) => Math.exp((0.1 * Math.log((i + 0.5) / (100.5 - i))) / 1.7));
  return { serviceSeconds, occupancySeconds: serviceSeconds, ratios };
}

function quantileRows(): BenchRow[] {
  const single = { serviceSeconds: [1], occupancySeconds: [1], ratios: [1] };
  if (Math.abs(responseQuantile(single, 0.8, 0.99)! / 11.356 - 1) > 1e-3) throw new Error("wrong M/D/1 quantile");
  return [8, 16, 32, 64].map((maxBatch) => {
    const station = stationOf(maxBatch);
    const seconds = medianSeconds(() => responseQuantile(station, 0.7 * maxBatch, 0.99), 101);
    return row(
      `response quantile, batches of ${maxBatch}, load 0.7`,
      "ms",
      seconds,
      maxBatch <= 16 ? 2 : null,
      "scattered service",
    );
  });
}

function formulateRow(): BenchRow {
  const names = ["a", "b", "c"];
  const partitions = Array.from({ length: 20 }, (_, i) => share(Number(((i + 1) * 0.05).toPrecision(12))));
  const input = {
    device,
    workloads: names.map(workload),
    demands: names.map((name) => demand(name, 10, 0.3)),
    predict: lawOf({ a: 0.008, b: 0.01, c: 0.006 }),
    candidates: Object.fromEntries(names.map((name) => [name, { partitions, batches: [1, 2, 4, 8, 16] }])),
    made,
  };
  const stated = formulate(input);
  const count = stated.settings[0]!.groups.reduce((sum, group) => sum + group.choices.length, stated.dropped);
  if (count !== 300) throw new Error(`formulated ${count} choices instead of 300`);
  return row(
    "formulate 3 workloads × 100 candidates",
    "s",
    medianSeconds(() => formulate(input), 5),
    1,
    "batches up to 16",
  );
}

/** Costs that fall with the share, two budgets that bind. */
function scattered(groups: number, choices: number, room: number): Problem {
  const random = seededRandom(`${groups}x${choices}`);
  return problemOf(
    Array.from({ length: groups }, () => {
      const weight = 0.5 + random.next();
      return Array.from({ length: choices }, () => {
        const part = 0.02 + random.next() * 0.3;
        return [(0.1 * weight) / part, { share: part, memory: random.next() * 0.3 }] as const;
      });
    }),
    { share: groups * room, memory: groups * room },
  );
}

function valueIfProved(problem: Problem, solution: Solution): number {
  if (solution.status !== "optimal") throw new Error(`${solution.status} instead of optimal`);
  const faults = checkPlan(problem, solution.plan);
  if (faults.length > 0) throw new Error(faults.join("; "));
  return solution.value;
}

function exhaustiveRow(): BenchRow {
  const problem = scattered(6, 100, 0.08);
  valueIfProved(problem, exhaustive(problem));
  return row(
    "exhaustive, 6 workloads × 100 choices, 2 budgets",
    "s",
    medianSeconds(() => exhaustive(problem), 7),
    1,
    "proved",
  );
}

async function milpRow(): Promise<BenchRow> {
  const small = scattered(6, 100, 0.08);
  const [programmed, enumerated] = [valueIfProved(small, await milp(small)), valueIfProved(small, exhaustive(small))];
  if (Math.abs(programmed - enumerated) > 1e-9 * enumerated) throw new Error("the methods disagree");
  const problem = scattered(50, 100, 0.06);
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const start = performance.now();
    valueIfProved(problem, await milp(problem));
    times.push((performance.now() - start) / 1e3);
  }
  return row("milp, 50 workloads × 100 choices, 2 budgets", "s", times.sort((a, b) => a - b)[1]!, 5, "HiGHS, proved");
}

function frontRow(): BenchRow {
  const problem = scattered(6, 20, 0.12);
  const front = paretoSelections(problem, ["share", "latency"]);
  if (front.length < 10) throw new Error(`a front of only ${front.length} plans`);
  const seconds = medianSeconds(() => paretoSelections(problem, ["share", "latency"]), 3);
  return row("front of plans, 6 workloads × 20 choices, 2 budgets", "s", seconds, 5, `exact, ${front.length} plans`);
}
