import assert from "node:assert/strict";
import { hashSeed, seededRandom } from "@partitune/numerics";
import {
  type BoundedPacking,
  columnGeneration,
  leastPower,
  mpsCard,
  type PackingName,
  type PackingProblem,
  type PackingRuleName,
  packings,
  type Service,
} from "@partitune/solver";
import { checkLayout } from "../solver/packing/checkLayout.ts";
import { gpusOf, hasScenarios, mig, publishedRows, randomProblem, scenario } from "../solver/packing/fixtures.ts";
import type { BenchRow } from "./benchRow.ts";

const scenarios = ["S1", "S2", "S3", "S4"] as const;
const heuristics = ["kaist", "gpulet", "igniter", "parvagpu", "nexus", "whole-gpu", "time-slicing"] as const;

/**
 * GPUs that packing methods use, against the bound, and how long they take; every layout is checked first. The scenarios are published ones
 * over a published profile, where present; everything else is synthetic.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  if (hasScenarios) {
    rows.push(...(await scenarioRows("parva-0.45", 1)), ...(await scenarioRows("duty-own", null)));
    rows.push(...(await exactRows("latency-only", 5, [2, 3, 4, 6])), ...(await exactRows("queue", 3, [2, 3, 5, 7])));
    rows.push(await turnsRow());
    for (const count of [10, 100, 1000]) rows.push(await largeRow(count));
  } else {
    rows.push({
      name: "packing: published scenarios",
      value: 0,
      unit: "",
      met: null,
      note: "skipped: ../shared/data/parvagpu is not there",
    });
  }
  rows.push(await sharesRow(), await powerRow(), ...monotonyRows());
  return rows;
}

/** One row per method: GPUs over all four scenarios. */
async function scenarioRows(rule: PackingRuleName, limit: number | null): Promise<BenchRow[]> {
  const problems = scenarios.map((name) => scenario(name, rule, 3));
  const exact: readonly Timed[] = await timeAll("column-generation", problems);
  const bounds = exact.map(({ packing }) => Math.ceil((packing as Bounded).bound - 1e-6));
  const rows = [methodRow("column-generation", rule, problems, exact, bounds, limit)];
  for (const name of heuristics)
    rows.push(methodRow(name, rule, problems, await timeAll(name, problems), bounds, null));
  return rows;
}

type Bounded = Extract<BoundedPacking, { status: "packed" }>;

interface Timed {
  readonly packing: Awaited<ReturnType<(typeof packings)[PackingName]>>;
  readonly seconds: number;
}

async function timeAll(name: PackingName, problems: readonly PackingProblem[]): Promise<readonly Timed[]> {
  const all: Timed[] = [];
  for (const problem of problems) {
    const start = performance.now();
    const packing = await packings[name](problem);
    all.push({ packing, seconds: (performance.now() - start) / 1000 });
    check(problem, packing);
  }
  return all;
}

function check(problem: PackingProblem, packing: Timed["packing"]): void {
  if (packing.status === "packed") assert.deepEqual(checkLayout(problem, packing.layout), []);
}

function methodRow(
  name: PackingName,
  rule: PackingRuleName,
  problems: readonly PackingProblem[],
  all: readonly Timed[],
  bounds: readonly number[],
  limit: number | null,
): BenchRow {
  const gpus = all.map(({ packing }) => (packing.status === "packed" ? packing.layout.gpus.length : null));
  const lost = gpus.includes(null);
  const total = gpus.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const bound = bounds.reduce((sum, each) => sum + each, 0);
  const most = Math.max(...all.map(({ seconds }) => seconds));
  const gap = lost ? "some services not servable" : `gap ${percent(total / bound - 1)}`;
  return {
    name: `pack ${problems.length} published scenarios under ${rule}, ${name}: GPUs`,
    ...(limit === null ? {} : { target: `the bound, ≤ ${limit} s each` }),
    value: total,
    unit: "GPUs",
    met: limit === null ? null : total === bound && most <= limit,
    note: `${gpus.map((each) => each ?? "–").join(" + ")}; bound ${bounds.join(" + ")}; ${gap}; slowest ${most.toFixed(2)} s`,
  };
}

/** The optimum of every scenario under one rule, as the reference states it, and the time. */
async function exactRows(rule: PackingRuleName, mostProcesses: number, optima: readonly number[]): Promise<BenchRow[]> {
  const problems = scenarios.map((name) => scenario(name, rule, mostProcesses));
  const all = await timeAll("column-generation", problems);
  const gpus = all.map(({ packing }) => gpusOf(packing));
  const seconds = Math.max(...all.map((each) => each.seconds));
  const proved = all.every(({ packing }) => (packing as Bounded).proved);
  return [
    {
      name: `pack 4 published scenarios under ${rule}: slowest`,
      target: `${optima.join(" + ")} GPUs, proved, ≤ 1 s`,
      value: seconds,
      unit: "s",
      met: seconds <= 1 && proved && String(gpus) === String(optima),
      note: `${gpus.join(" + ")} GPUs, ${proved ? "proved" : "not proved"}`,
    },
  ];
}

/** The scenarios again, when two services may take turns on a piece: the exact model of all pairs. */
async function turnsRow(): Promise<BenchRow> {
  const problems = scenarios.map((name) => scenario(name, "duty-own", 3));
  const all = await timeAll("milp", problems);
  const gpus = all.map(({ packing }) => gpusOf(packing));
  const bounds = all.map(({ packing }) => Math.ceil((packing as Bounded).bound - 1e-6));
  return {
    name: "pack 4 published scenarios under duty-own, milp, two tenants per piece: GPUs",
    value: gpus.reduce((sum, each) => sum + each, 0),
    unit: "GPUs",
    met: null,
    note: `${gpus.join(" + ")}; bound ${bounds.join(" + ")}; slowest ${Math.max(...all.map(({ seconds }) => seconds)).toFixed(1)} s`,
  };
}

/** Synthetic services on cards that may each run at a lower clock: half as long again, at 0.4 of the power. */
async function powerRow(): Promise<BenchRow> {
  const { services, rows, rule } = randomProblem(hashSeed("packing power"), mig, "half-slo", 6);
  const full = { name: "full clock", card: mig, rows, idleWatts: 60 };
  const slower = rows.map((row) => ({
    ...row,
    latencySeconds: 1.5 * row.latencySeconds,
    ratePerSecond: row.ratePerSecond / 1.5,
    powerWatts: 0.4 * row.powerWatts!,
  }));
  const low = { name: "low clock", card: mig, rows: slower, idleWatts: 45 };
  const start = performance.now();
  const [both, one] = [
    await leastPower({ services, rule, kinds: [full, low] }),
    await leastPower({ services, rule, kinds: [full] }),
  ];
  const seconds = (performance.now() - start) / 1000;
  if (both.status !== "packed" || one.status !== "packed") throw new Error("a service is lost");
  const gap = both.watts / both.boundWatts - 1;
  return {
    name: "least power of 6 synthetic services, one clock and then two to choose from",
    target: "gap ≤ 1 %",
    value: seconds,
    unit: "s",
    met: gap <= 0.01,
    note: `${both.watts.toFixed(0)} W with two clocks, ${one.watts.toFixed(0)} W with one; gap ${percent(gap)}`,
  };
}

/** Many services with random rates and deadlines over the published profile. */
async function largeRow(count: number): Promise<BenchRow> {
  const random = seededRandom(hashSeed("packing bench", count));
  const rows = publishedRows().filter(({ processes }) => processes <= 3);
  const models = [...new Set(rows.map(({ model }) => model))];
  const services = Array.from({ length: count }, (_, i): Service => {
    const model = models[random.integer(models.length)]!;
    const base = model === "bert" ? 2 : 0.1;
    return {
      name: `service ${i}`,
      model,
      ratePerSecond: 10 + 1000 * random.next() ** 3,
      deadlineSeconds: base * (1 + 3 * random.next()),
      percentile: 0.99,
    };
  });
  const problem: PackingProblem = { card: mig, services, rows, rule: "parva-0.45" };
  const start = performance.now();
  const packing = await columnGeneration(problem);
  const seconds = (performance.now() - start) / 1000;
  check(problem, packing);
  if (packing.status !== "packed") throw new Error("a service is lost");
  const gpus = packing.layout.gpus.length;
  const gap = gpus / Math.ceil(packing.bound - 1e-6) - 1;
  const others = (["kaist", "parvagpu"] as const).map(
    (name) => `${name} ${gpusOf(packings[name](problem) as Bounded)}`,
  );
  return {
    name: `pack ${count} services with random demands over a published profile, column-generation`,
    target: "gap ≤ 1 % in ≤ 60 s",
    value: seconds,
    unit: "s",
    met: gap <= 0.01 && seconds <= 60,
    note: `${gpus} GPUs, bound ${packing.bound.toFixed(2)}, gap ${percent(gap)}; ${others.join(", ")}`,
  };
}

/** Synthetic services on shares of 5 %, whose cuts are too many to list. */
async function sharesRow(): Promise<BenchRow> {
  const percents = Array.from({ length: 19 }, (_, i) => 5 * (i + 1));
  const card = mpsCard({ name: "shares of 5 %", percents, memoryBytes: null });
  const problem = randomProblem(hashSeed("packing shares"), card, "half-slo", 200);
  const start = performance.now();
  const packing = await columnGeneration(problem);
  const seconds = (performance.now() - start) / 1000;
  check(problem, packing);
  if (packing.status !== "packed") throw new Error("a service is lost");
  const gpus = packing.layout.gpus.length;
  const gap = gpus / Math.ceil(packing.bound - 1e-6) - 1;
  return {
    name: "pack 200 synthetic services on shares of 5 %, column-generation",
    target: "gap ≤ 1 % in ≤ 60 s",
    value: seconds,
    unit: "s",
    met: gap <= 0.01 && seconds <= 60,
    note: `${gpus} GPUs, bound ${packing.bound.toFixed(2)}`,
  };
}

/** How often a method uses more GPUs when one rate falls; nothing but the exact methods promises that it does not. */
function monotonyRows(): BenchRow[] {
  const problems = Array.from({ length: 25 }, (_, i) => randomProblem(hashSeed("packing", i), mig, "half-slo", 20));
  return (["kaist", "gpulet", "igniter", "parvagpu"] as const).map((name) => {
    const worse = problems.flatMap((problem) => {
      const gpus = gpusOf(packings[name](problem));
      return problem.services.filter((_, fallen) => {
        const services = problem.services.map((service, i) =>
          i === fallen ? { ...service, ratePerSecond: 0.8 * service.ratePerSecond } : service,
        );
        return gpusOf(packings[name]({ ...problem, services })) > gpus;
      });
    });
    return {
      name: `20 synthetic services on MIG, ${name}: more GPUs when one rate falls by a fifth`,
      value: worse.length,
      unit: "of 500",
      met: null,
    };
  });
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
