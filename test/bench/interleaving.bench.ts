import { type Random, seededRandom } from "@partitune/numerics";
import type { ModePlan, Verdict } from "@partitune/schema";
import { compareManaged, simulateModePlan, verifyModePlan } from "@partitune/simulator";
import {
  concurrent,
  type IdleRow,
  type InferenceRow,
  inference,
  type Policy,
  type PowerBudget,
  type TrainingRow,
  training,
  twoInferences,
} from "@partitune/solver";
import { concurrentPlan, inferencePlan, trainingPlan, twoInferencesPlan } from "../simulator/solvedPlans.ts";
import { promise, testModePlan, worked } from "../simulator/testModePlan.ts";
import { idleRows } from "../solver/fixtures/powerBoards.ts";
import { budgetsWatts, demandsOf, type PowerTables, powerTables, twoDemandsOf } from "../solver/problems/powerGrid.ts";
import type { BenchRow } from "./benchRow.ts";

const samples = 1500;
const compared = 150;
const verifyOptions = { seeds: 3, windows: 200 } as const;

/** Plans for feasible problems of the evaluation grid, each to the last digit of what was predicted, confirmed by the simulator. */
export async function bench(): Promise<BenchRow[]> {
  const tables = powerTables(0);
  const kinds = makers(tables, idleRows());
  const random = seededRandom("interleaving");
  const plans = kinds.flatMap(({ kind, share, make }) =>
    collect(random, Math.ceil(share * samples), make).map((plan) => ({ kind, plan })),
  );
  const trainBeside = plans
    .filter(({ kind, plan }) => kind === "concurrent, slack" && plan.background !== null)
    .map(({ plan }) => plan);
  return [
    ...confirmRows(plans),
    ...managedRows(trainBeside.slice(0, compared), 0),
    ...managedRows(trainBeside.slice(0, compared), 0.1),
    speedRow("windowed, slack"),
    speedRow("on-full, greedy"),
  ];
}

type Make = (random: Random) => ModePlan | null;

interface Kind {
  readonly kind: string;
  /** Part of the sample. */
  readonly share: number;
  readonly make: Make;
}

function collect(random: Random, count: number, make: Make): readonly ModePlan[] {
  const plans: ModePlan[] = [];
  while (plans.length < count) {
    const plan = make(random);
    if (plan !== null) plans.push(plan);
  }
  return plans;
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

function makers(tables: PowerTables, idle: readonly IdleRow[]): readonly Kind[] {
  const beside = (policy: Policy, dispatcher: "windowed" | "on-full", kind: PowerBudget["kind"]): Make => {
    return (random) => {
      const [trained, served] = [pick(random, tables.training), pick(random, tables.inference)];
      const demand = pick(random, demandsOf(served));
      const budget = { kind, watts: pick(random, budgetsWatts) };
      const problem = { training: trained, inference: served, idle, ...demand, policy, dispatcher, budget };
      const answer = concurrent(problem);
      return answer.status === "optimal" ? concurrentPlan(problem, answer.choice, kind) : null;
    };
  };
  return [
    { kind: "training", share: 0.02, make: (random) => trainingOf(random, tables.training) },
    { kind: "inference", share: 0.14, make: (random) => inferenceOf(random, tables.inference) },
    { kind: "concurrent, reserve", share: 0.14, make: beside("reserve", "windowed", "peak") },
    { kind: "concurrent, slack", share: 0.2, make: beside("slack", "windowed", "peak") },
    { kind: "concurrent, greedy", share: 0.1, make: beside("greedy", "windowed", "peak") },
    { kind: "concurrent, greedy on full minibatches", share: 0.08, make: beside("greedy", "on-full", "peak") },
    { kind: "concurrent, slack, average budget", share: 0.08, make: beside("slack", "windowed", "average") },
    { kind: "two inferences", share: 0.14, make: (random) => twoOf(random, tables, idle, false) },
    { kind: "two inferences and training", share: 0.1, make: (random) => twoOf(random, tables, idle, true) },
  ];
}

function trainingOf(random: Random, tables: readonly (readonly TrainingRow[])[]): ModePlan | null {
  const answer = training({ rows: pick(random, tables), objective: "time", budgetWatts: pick(random, budgetsWatts) });
  return answer.status === "optimal" ? trainingPlan(answer.choice) : null;
}

function inferenceOf(random: Random, tables: readonly (readonly InferenceRow[])[]): ModePlan | null {
  const rows = pick(random, tables);
  const demand = pick(random, demandsOf(rows));
  const budget = { kind: "peak", watts: pick(random, budgetsWatts) } as const;
  const answer = inference({ rows, ...demand, dispatchers: ["windowed"], objective: "latency", budget });
  return answer.status === "optimal" ? inferencePlan(rows, demand.ratePerSecond, answer.choice) : null;
}

function twoOf(random: Random, tables: PowerTables, idle: readonly IdleRow[], trains: boolean): ModePlan | null {
  const [urgent, nonUrgent] = [pick(random, tables.inference), pick(random, tables.inference)];
  const problem = {
    urgent,
    nonUrgent,
    ...(trains && { training: pick(random, tables.training) }),
    idle,
    ...twoDemandsOf(pick(random, demandsOf(urgent)), nonUrgent),
    budget: { kind: "peak", watts: pick(random, budgetsWatts) },
    objective: "latency",
  } as const;
  const answer = twoInferences(problem);
  return answer.status === "optimal" ? twoInferencesPlan(problem, answer.choice) : null;
}

function confirmRows(plans: readonly { readonly kind: string; readonly plan: ModePlan }[]): readonly BenchRow[] {
  const start = performance.now();
  const judged = plans.map(({ kind, plan }) => ({ kind, checks: verifyModePlan(plan, verifyOptions).checks }));
  const seconds = (performance.now() - start) / 1e3;
  const checks = judged.flatMap((each) => each.checks);
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  const broken = judged.filter((each) => each.checks.some(({ verdict }) => verdict === "broken"));
  const worst = checks.filter(({ promise: { metric } }) => metric === "worst_response_s");
  const rates = checks.filter(({ promise: { metric } }) => metric === "throughput_per_s");
  const reached = (some: typeof checks) =>
    medianOf(some.map(({ promise: { target }, simulated }) => simulated!.estimate!.value / target));
  const first = broken[0];
  return [
    {
      name: `promises broken of ${checks.length} in ${plans.length} plans of the evaluation grid, all kinds`,
      target: "0",
      value: count("broken"),
      unit: "promises",
      met: count("broken") === 0,
      note:
        first === undefined
          ? `${count("undecided")} undecided; in ${seconds.toFixed(1)} s; synthetic board`
          : `${first.kind}: ${first.checks.find(({ verdict }) => verdict === "broken")!.why}`,
    },
    reachedRow("worst latency", reached(worst), worst.length),
    reachedRow("training rate", reached(rates), rates.length),
  ];
}

function reachedRow(what: string, value: number, count: number): BenchRow {
  const name = `${what}: part of what was promised that is reached, median of ${count}`;
  return { name, target: "≥ 99 %", value: 100 * value, unit: "%", met: value >= 0.99 };
}

/** What unmanaged processes make of the same plans and requests. */
function managedRows(plans: readonly ModePlan[], interference: number): readonly BenchRow[] {
  const outcomes = plans.map((plan) => compareManaged(plan, "worst-case", 3, { windows: 100, interference }));
  return (["fair", "slices"] as const).flatMap((sharing) => {
    const worst = outcomes.map(
      (each) => each[sharing].inferences[0]!.worstSeconds! / each.managed.inferences[0]!.worstSeconds!,
    );
    const tail = outcomes.map(
      (each) => each[sharing].inferences[0]!.p99Seconds!.value / each.managed.inferences[0]!.p99Seconds!.value,
    );
    const rates = outcomes.flatMap((each) => {
      const managed = each.managed.minibatchesPerSecond?.value ?? 0;
      return managed > 0 ? [managed / each[sharing].minibatchesPerSecond!.value] : [];
    });
    const late = outcomes.filter((each) => each[sharing].inferences[0]!.lateRuns > 0).length;
    const watts = outcomes.flatMap(({ managed, [sharing]: other }) =>
      managed.meanWatts === null || other.meanWatts === null ? [] : [managed.meanWatts.value / other.meanWatts.value],
    );
    const lost = interference === 0 ? "no interference" : `${100 * interference} % slower beside each other`;
    const title = `unmanaged (${sharing}, ${lost}) against managed, ${plans.length} plans that train`;
    return [
      {
        name: `${title}: plans whose latency promise breaks`,
        value: (100 * late) / plans.length,
        unit: "%",
        met: null,
        note: `worst latency × ${medianOf(worst).toFixed(2)} at the median, × ${quantileOf(worst, 0.9).toFixed(2)} at the 90th percentile; p99 × ${medianOf(tail).toFixed(2)}`,
      },
      {
        name: `${title}: training rate that managing keeps, median`,
        value: 100 * medianOf(rates),
        unit: "%",
        met: null,
        note: `mean power × ${medianOf(watts).toFixed(3)}`,
      },
    ];
  });
}

/** Requests and minibatches played per second of one core. */
function speedRow(name: "windowed, slack" | "on-full, greedy"): BenchRow {
  const windowed = name === "windowed, slack";
  const plan = testModePlan({
    inferences: [{ ...worked, dispatcher: windowed ? "windowed" : "on-full" }],
    background: { seconds: 0.05, policy: windowed ? "slack" : "greedy", toleratedSeconds: 0.03 },
    promises: [promise.worst("a", 1)],
  });
  const rates = Array.from({ length: 5 }, (_, seed) => {
    const before = process.cpuUsage();
    const [period] = simulateModePlan(plan, { seed, windows: 50_000 }).periods;
    const { user, system } = process.cpuUsage(before);
    const [stream] = period!.inferences;
    return (stream!.requests + stream!.minibatches + period!.background!.minibatches) / (user + system);
  });
  return {
    name: `interleaving simulated: ${name}, batches of 8`,
    value: medianOf(rates),
    unit: "million requests and minibatches per second of one core",
    met: null,
  };
}

function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

function quantileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
}
