import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { seededRandom } from "@partitune/numerics";
import type { KernelStep } from "@partitune/schema";
import {
  type KernelGame,
  type KernelPolicyName,
  type KernelPredictions,
  type KernelRun,
  playKernels,
} from "@partitune/simulator";
import { haveChains, readChain, toStep } from "../simulator/kernels/chains.ts";
import { predictLast } from "../simulator/kernels/estimators.ts";
import type { BenchRow } from "./benchRow.ts";

const million = 1_000_000;

/** Speed and memory of the kernel simulator: operations of all tasks per second of one core. Answers are checked first. */
export async function bench(): Promise<BenchRow[]> {
  return [...(haveChains ? publicRows() : [absentRow()]), ...longRows(), memoryRow()];
}

/** A step of 1,516 operations beside a network of 152: most of the time goes into setting up and checking. */
function publicRows(): BenchRow[] {
  const [high, low] = ["resnet50_train_w0_b", "orion_mobilenetv2_4_fwd"].map(readChain);
  const game: KernelGame = {
    scenario: "co-run",
    high: { name: "high", step: toStep(high!.at(-1)!) },
    low: [{ name: "low", step: toStep(low!.at(-1)!), priority: 0, jobs: null }],
  };
  const estimator = { key: "occurrence", value: "quantile" } as const;
  const predictions = {
    idles: predictLast(high!, estimator).idles,
    durations: [predictLast(low!, estimator).durations],
  };
  // Published completion times, ns.
  const published = { timeslice: 454_251_000, fifo: 149_212_112, greedy: 123_265_112, fill: 119_564_000 } as const;
  return Object.entries(published).map(([policy, completion]) => {
    const play = () => playKernels(game, policy as KernelPolicyName, { predictions });
    assert.equal(play().completion, completion);
    return speedRow(`${policy}, public ResNet-50 step beside MobileNetV2`, play, 100);
  });
}

function absentRow(): BenchRow {
  return {
    name: "kernel simulation: public chains",
    value: 0,
    unit: "",
    met: null,
    note: "skipped: the public chains are not there",
  };
}

/** A synthetic chain of 200,000 operations beside three others, whose times are known to add up. */
function longRows(): BenchRow[] {
  const { game, predictions } = longGame(200_000);
  const policies = ["exclusive", "timeslice", "fifo", "greedy", "fill", "orion"] as const;
  return policies.map((policy) => {
    const play = () => playKernels(game, policy, { predictions });
    check(game, play(), policy);
    return speedRow(`${policy}, 200,000 synthetic operations beside three tasks`, play, 3);
  });
}

/** Operations of 2 to 60 µs; two of three gaps are open, up to 100 µs, and predicted with an error of up to 10 %. */
function longGame(rows: number): { readonly game: KernelGame; readonly predictions: KernelPredictions } {
  const random = seededRandom("kernel simulator");
  const whole = (least: number, most: number) => least + random.integer(most - least + 1);
  const chain = (count: number, gaps: boolean): KernelStep => {
    const column = (value: () => number) => Array.from({ length: count }, value);
    const kinds = column(() => (gaps ? whole(0, 2) : 0));
    return {
      identities: column(() => 0),
      durations: column(() => whole(2_000, 60_000)),
      idles: kinds.map((kind) => (gaps ? whole(kind === 0 ? 0 : 10_000, kind === 0 ? 2_000 : 100_000) : 0)),
      idleKinds: kinds,
    };
  };
  const near = (times: readonly number[]) => times.map((time) => whole(Math.floor(time * 0.9), Math.ceil(time * 1.1)));
  const high = { name: "high", step: chain(rows, true) };
  const low = [150, 300, 600].map((count, k) => ({
    name: `low ${k}`,
    step: chain(count, false),
    priority: Math.min(k, 1),
    jobs: null,
  }));
  const predictions = { idles: near(high.step.idles), durations: low.map(({ step }) => near(step.durations)) };
  return { game: { scenario: "co-run", high, low }, predictions };
}

/** Nobody gets time that is not there: completion is work, idle time and what was added, and nothing is faster than alone. */
function check({ high }: KernelGame, run: KernelRun, policy: KernelPolicyName): void {
  const { durations, idles } = high.step;
  const busy = durations.reduce((sum, each) => sum + each, 0);
  assert.equal(run.alone, busy + run.idle);
  assert.equal(
    run.idle,
    idles.slice(0, -1).reduce((sum, each) => sum + each, 0),
  );
  assert.ok(run.completion >= run.alone && run.lowWorkInGaps <= Math.min(run.idle, run.lowWork));
  if (policy === "exclusive") assert.equal(run.completion, run.alone);
  else assert.ok(run.lowWork > 0 && (policy === "orion" || busy + run.lowWork <= run.completion));
}

function speedRow(name: string, play: () => KernelRun, times: number): BenchRow {
  const { operations } = play();
  const seconds = medianProcessorSeconds(() => {
    for (let i = 0; i < times; i++) play();
  });
  const value = (times * operations) / seconds / million;
  return {
    name: `kernel simulation: ${name}`,
    target: "≥ 5 million/s",
    value,
    unit: "million operations per second of one core",
    met: value >= 5,
  };
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

/** High-water mark of the whole process after 1 and after 20 million operations of the same game, in a process of its own. */
function memoryRow(): BenchRow {
  const code = `
    const { playKernels } = await import(process.argv[1]);
    const column = (value) => new Array(100).fill(value);
    const step = { identities: column(0), durations: column(10), idles: column(0), idleKinds: column(0) };
    const high = { name: "high", step: { identities: [0], durations: [1000], idles: [0], idleKinds: [0] } };
    const peak = (jobs) => {
      const low = [{ name: "low", step, priority: 0, jobs }];
      const { lowFinishes, operations } = playKernels({ scenario: "preemption", high, low, arrival: 500 }, "greedy");
      return { finish: lowFinishes[0], operations, kib: process.resourceUsage().maxRSS };
    };
    const few = peak(1e4);
    const many = peak(2e5);
    console.log(JSON.stringify({ few, many }));`;
  const module = new URL("../../packages/simulator/src/index.ts", import.meta.url).href;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code, module], { encoding: "utf8" });
  const { few, many } = JSON.parse(output) as Record<"few" | "many", Record<"finish" | "operations" | "kib", number>>;
  assert.deepEqual([few.operations, few.finish], [1_000_001, 10_001_000]);
  assert.deepEqual([many.operations, many.finish], [20_000_001, 200_001_000]);
  const value = (many.kib - few.kib) / 1024;
  return {
    name: "kernel simulation: growth of peak memory from 1 to 20 million operations",
    target: "≤ 8 MiB",
    value,
    unit: "MiB",
    met: value <= 8,
    note: `peak ${Math.round(many.kib / 1024)} MiB, Node.js included`,
  };
}
