import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Plan, Trace } from "@partitune/schema";
import { type Sharing, simulate, verify } from "@partitune/simulator";
import { responseEstimates } from "../../packages/simulator/src/responseEstimates.ts";
import { runIsolated } from "../../packages/simulator/src/runIsolated.ts";
import { stationOf } from "../simulator/stationOf.ts";
import { responsePromise, type TestPlacement, testPlan } from "../simulator/testPlan.ts";
import type { BenchRow } from "./benchRow.ts";

const million = 1_000_000;
/** Quantiles of an exponential distribution relative to its median. */
const exponential = Array.from({ length: 4000 }, (_, i) => -Math.log(1 - (i + 0.5) / 4000) / Math.LN2);

/** Speed and memory of the simulator; every kind of run is first compared with queueing theory. */
export async function bench(): Promise<BenchRow[]> {
  checkMD1();
  checkBulk();
  checkShared();
  return [
    speedRow("one by one (M/D/1 at load 0.8)", plan([{ ...unit, ratePerSecond: 0.8 }]), 10),
    speedRow("batches up to 8, service times that vary", plan([bulk]), 10),
    speedRow("batches up to 32", plan([{ workload: "a", service: affine(32), ratePerSecond: 24 }]), 10),
    speedRow("3 placements taking turns, one by one", plan(queues(3, 1)), 3, { law: "alternate" }),
    speedRow("3 placements lending idle cores, batches up to 8", plan(queues(3, 8)), 3, { law: "fair" }),
    speedRow("8 placements lending idle cores, batches up to 8", plan(queues(8, 8)), undefined, { law: "fair" }),
    memoryRow(),
    ...intervalRows(),
    verifyRow(),
  ];
}

const unit: TestPlacement = { workload: "a", service: [1] };
const bulk: TestPlacement = {
  workload: "a",
  service: new Array<number>(8).fill(Math.LN2),
  ratios: exponential,
  ratePerSecond: 6,
};

function plan(placements: readonly TestPlacement[]): Plan {
  return testPlan(placements);
}

/** Batch times of 1 + 0.02 k: large batches pay. */
function affine(maxBatch: number): readonly number[] {
  return Array.from({ length: maxBatch }, (_, i) => 1 + 0.02 * (i + 1));
}

/** Placements on two of four cores each, at half load if they take turns. */
function queues(count: number, maxBatch: number): readonly TestPlacement[] {
  return Array.from({ length: count }, (_, i) => ({
    workload: `w${i}`,
    threads: 2,
    service: maxBatch === 1 ? [1] : affine(maxBatch),
    ratePerSecond: (maxBatch === 1 ? 0.5 : 0.4 * maxBatch) / count,
  }));
}

/** Exact p99 of the response time at load 0.8, in service times (Erlang's distribution). */
function checkMD1(): void {
  const [stream] = simulate(plan([{ ...unit, ratePerSecond: 0.8 }]), { seed: 1, requests: 2 * million }).streams;
  within(stream!.response.p99, 11.356);
  within(stream!.response.p50, 2.276);
}

/** M/M(1,b)/1: busy with n waiting has probability p0 rⁿ with λ + r^(b + 1) = (λ + 1) r. */
function checkBulk(): void {
  const rate = bulk.ratePerSecond!;
  let r = 0;
  for (let i = 0; i < 10_000; i++) r = (rate + r ** 9) / (rate + 1);
  const p0 = 1 / (1 / rate + 1 / (1 - r));
  const window = { start: 10_000, end: 210_000 };
  const tally = runIsolated(stationOf(bulk, { kind: "poisson", ratePerSecond: rate }), window);
  const batches = tally.batchCounts.reduce((a, b) => a + b);
  within(responseEstimates(tally.sections, batches, 0.99).mean, (p0 * r) / (1 - r) ** 2 / rate + 1);
}

/** Queues with exponential times that take turns hold together as many requests as one M/M/1 queue. */
function checkShared(): void {
  const placements = [0.1, 0.2, 0.3].map((ratePerSecond, i) => ({
    workload: `w${i}`,
    service: [Math.LN2],
    ratios: exponential,
    ratePerSecond,
  }));
  const trace = simulate(plan(placements), { seed: 1, durationSeconds: million, sharing: { law: "alternate" } });
  const total = trace.streams.reduce((sum, stream) => sum + stream.requests * stream.response.mean, 0);
  const mean = total / requestsIn(trace);
  assert.ok(Math.abs(mean / (1 / (1 - 0.6)) - 1) < 0.02, `mean response ${mean}, expected 2.5`);
}

function within(estimate: { low: number | null; high: number | null } | null, truth: number): void {
  assert.ok(estimate !== null && estimate.low! <= truth && truth <= estimate.high!, `${truth} is not in the interval`);
}

function requestsIn(trace: Trace): number {
  return trace.streams.reduce((sum, stream) => sum + stream.requests, 0);
}

function speedRow(name: string, of: Plan, least: number | undefined, sharing: Sharing = { law: "isolated" }): BenchRow {
  const slowest = Math.min(...of.demands.map((demand) => demand.ratePerSecond));
  const durationSeconds =
    (4 * million * (slowest / of.demands.reduce((sum, each) => sum + each.ratePerSecond, 0))) / slowest;
  let requests = 0;
  const seconds = medianProcessorSeconds(() => {
    requests = requestsIn(simulate(of, { seed: 1, durationSeconds, warmupSeconds: 0, sharing }));
  });
  const value = requests / seconds / million;
  const unitName = "million requests per second of one core";
  const title = `simulation, ${sharing.law === "isolated" ? "isolated" : "contending"}: ${name}`;
  if (least === undefined) return { name: title, value, unit: unitName, met: null };
  return { name: title, target: `≥ ${least} million/s`, value, unit: unitName, met: value >= least };
}

/** Median processor time of five runs after one that is not counted, s: what one core does, whoever else uses the machine. */
function medianProcessorSeconds(work: () => void): number {
  const times = Array.from({ length: 6 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return times.slice(1).sort((a, b) => a - b)[2]!;
}

/** High-water mark of the whole process after 1 and after 20 million requests, in a process of its own. */
function memoryRow(): BenchRow {
  const code = `
    const { simulate } = await import(process.argv[1]);
    const { testPlan } = await import(process.argv[2]);
    const plan = testPlan([{ workload: "a", service: [1], ratePerSecond: 0.8 }]);
    const peak = (requests) => {
      const answered = simulate(plan, { seed: 1, requests }).streams[0].requests;
      return { answered, kib: process.resourceUsage().maxRSS };
    };
    const few = peak(1e6);
    const many = peak(2e7);
    console.log(JSON.stringify({ few, many }));`;
  const modules = ["../../packages/simulator/src/index.ts", "../simulator/testPlan.ts"].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code, ...modules], {
    encoding: "utf8",
  });
  const { few, many } = JSON.parse(output) as Record<"few" | "many", { answered: number; kib: number }>;
  assert.ok(many.answered > 19 * few.answered);
  const value = (many.kib - few.kib) / 1024;
  return {
    name: "simulation: growth of peak memory from 1 to 20 million requests",
    target: "≤ 8 MiB",
    value,
    unit: "MiB",
    met: value <= 8,
    note: `peak ${Math.round(many.kib / 1024)} MiB, Node.js included`,
  };
}

/** How wide the intervals are: full width of the 99 % interval of the p99 of one run, relative to the exact value. */
function intervalRows(): BenchRow[] {
  const exact = [
    [0.5, 4.336],
    [0.8, 11.356],
    [0.9, 22.898],
  ] as const;
  return exact.map(([load, truth]) => {
    const { p99 } = simulate(plan([{ ...unit, ratePerSecond: load }]), { seed: 1, requests: million }).streams[0]!
      .response;
    within(p99, truth);
    const value = (100 * (p99!.high! - p99!.low!)) / truth;
    return {
      name: `simulation: width of the p99's interval, 1 million requests, M/D/1 at load ${load}`,
      value,
      unit: "%",
      met: null,
    };
  });
}

function verifyRow(): BenchRow {
  const placements = queues(6, 8).map((placement) => ({ ...placement, ratePerSecond: 4 }));
  const promises = placements.map(({ workload }) => responsePromise(workload, 5));
  const of = testPlan(placements, promises);
  assert.ok(verify(of).checks.every((check) => check.verdict === "kept"));
  const value = medianProcessorSeconds(() => verify(of));
  return { name: "verify: 6 placements, 10 fresh seeds, p99 promises", value, unit: "s", met: null };
}
