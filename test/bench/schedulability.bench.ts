import assert from "node:assert/strict";
import { seededRandom } from "@partitune/numerics";
import type { TaskSet } from "@partitune/schema";
import { type AttackedBound, attackBounds, playPipeline } from "@partitune/simulator";
import { type AnalysisName, analyseTaskSet, delayComposition, randomTaskSet } from "@partitune/solver";
import { made, publishedTasks, setOf } from "../solver/schedulability/publishedSet.ts";
import { randomChains } from "../solver/schedulability/randomChains.ts";
import { randomPipeline } from "../solver/schedulability/randomPipeline.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

/** Task sets whose bounds are attacked: of chains, and of tasks on cores, which take longer to play. */
const attackedSets = { chains: 10_000, cores: 2_000 };

/**
 * How quickly response times are analysed, and how near simulations come to the bounds without ever passing one. All task sets are synthetic. The
 * answers are checked against the published table first.
 */
export async function bench(): Promise<BenchRow[]> {
  checkPublished();
  const { chains, cores } = attackedSets;
  return [
    ...(["gcaps-suspend", "gcaps-busy", "round-robin-suspend"] as const).map(speedRow),
    attackRow("limited-preemptive", chains, (random) => randomChains(random, false), { games: 12, periods: 5 }),
    attackRow("host-gap", chains, (random) => randomChains(random, true), { games: 12, periods: 5 }),
    attackRow("gcaps-suspend", cores, smallSet, { games: 4, periods: 2 }),
    attackRow("gcaps-busy", cores, smallSet, { games: 4, periods: 2 }),
    heldRow(300),
    pipelineRow("preemptive", 20_000),
    pipelineRow("non-preemptive", 20_000),
  ];
}

function checkPublished(): void {
  const { tasks } = analyseTaskSet(setOf(publishedTasks()), "gcaps-suspend", made);
  const found = tasks.map(({ reachedSeconds }) => reachedSeconds);
  assert.deepEqual(found, [0.026, 0.058, 0.153, 0.347], "table 2 of GCAPS");
}

function speedRow(analysis: AnalysisName): BenchRow {
  const sets = Array.from({ length: 500 }, (_, number) =>
    randomTaskSet({ tasksPerCore: [5, 5], utilisation: [0.3, 0.3] }, seededRandom(`speed ${number}`)),
  );
  assert.ok(sets.every(({ tasks }) => tasks.length === 20));
  const analyseAll = () => sets.map((set) => analyseTaskSet(set, analysis, made));
  const passing = analyseAll().filter(({ schedulable }) => schedulable).length;
  const value = sets.length / medianSeconds(analyseAll);
  const target = 10_000;
  return {
    name: `${analysis}: task sets of 20 tasks analysed per second, checks and conversion included`,
    target: `≥ ${target}`,
    value,
    unit: "1/s",
    met: value >= target,
    note: `${passing} of ${sets.length} sets pass`,
  };
}

function smallSet(random: ReturnType<typeof seededRandom>): TaskSet {
  return randomTaskSet({ cores: 2, tasksPerCore: [2, 4], utilisation: [0.2, 0.5] }, random);
}

type Draw = (random: ReturnType<typeof seededRandom>) => TaskSet;
type Attack = Pick<Parameters<typeof attackBounds>[2], "games" | "periods" | "holding">;

function attackAll(analysis: AnalysisName, sets: number, draw: Draw, attack: Attack): readonly AttackedBound[] {
  return Array.from({ length: sets }, (_, number) => {
    const set = draw(seededRandom(`bench ${analysis} ${number}`));
    return attackBounds(set, analyseTaskSet(set, analysis, made), { seed: number, ...attack });
  }).flat();
}

function attackRow(analysis: AnalysisName, sets: number, draw: Draw, attack: Attack): BenchRow {
  const attacked = attackAll(analysis, sets, draw, attack);
  const value = attacked.filter(({ broken }) => broken).length;
  return {
    name: `${analysis}: bounds broken in ${sets} synthetic task sets that were attacked`,
    target: "0",
    value,
    unit: "",
    met: value === 0,
    note: describeTightness(attacked.map(({ longestSeconds, boundSeconds }) => longestSeconds / boundSeconds)),
  };
}

/** A driver that keeps the accelerator through launches does something else than the published analysis assumes. */
function heldRow(sets: number): BenchRow {
  const attacked = attackAll("gcaps-suspend", sets, smallSet, { games: 4, periods: 2, holding: "segment" });
  const ratios = attacked.map(({ longestSeconds, boundSeconds }) => longestSeconds / boundSeconds);
  return {
    name: `gcaps-suspend: bounds broken in ${sets} sets when the run list is held through launches, which the analysis does not cover`,
    value: attacked.filter(({ broken }) => broken).length,
    unit: "",
    met: null,
    note: describeTightness(ratios),
  };
}

function pipelineRow(preemption: "preemptive" | "non-preemptive", cases: number): BenchRow {
  const ratios: number[] = [];
  for (let number = 0; number < cases; number++) {
    const jobs = randomPipeline(seededRandom(`bench pipeline ${number}`));
    const bounds = delayComposition(jobs, preemption);
    const played = playPipeline(
      jobs.map(({ priority, arrivalSeconds, stageSeconds }) => ({
        priority,
        arrival: Math.round(arrivalSeconds * 1e9),
        stages: stageSeconds.map((seconds) => Math.round(seconds * 1e9)),
      })),
      preemption,
    );
    for (const [index, delay] of played.entries())
      if (bounds[index]!.boundSeconds > 0) ratios.push(delay / Math.round(bounds[index]!.boundSeconds * 1e9));
  }
  const value = ratios.filter((ratio) => ratio > 1).length;
  return {
    name: `delay composition, ${preemption}: bounds broken in ${cases} synthetic pipelines`,
    target: "0",
    value,
    unit: "",
    met: value === 0,
    note: describeTightness(ratios),
  };
}

function describeTightness(ratios: readonly number[]): string {
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const exact = ratios.filter((ratio) => ratio === 1).length / ratios.length;
  const most = ratios.reduce((a, b) => Math.max(a, b), 0);
  return `${ratios.length} bounds; longest response over bound: mean ${mean.toFixed(3)}, most ${most.toFixed(3)}, exact in ${(100 * exact).toFixed(1)} %`;
}
