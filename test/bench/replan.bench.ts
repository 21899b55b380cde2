import assert from "node:assert/strict";
import { hashSeed, type Random, seededRandom } from "@partitune/numerics";
import { devices } from "@partitune/profiler";
import type { FleetGpu, Partition } from "@partitune/schema";
import {
  type Card,
  columnGeneration,
  type Layout,
  type LayoutReplan,
  type PackingProblem,
  planTransition,
  type RunningGpu,
  replanLayout,
  type Service,
  type TransitionEnd,
} from "@partitune/solver";
import { exampleTenant } from "../schema/exampleFleetPlan.ts";
import { checkLayout } from "../solver/packing/checkLayout.ts";
import { hasScenarios, mig, publishedRows, randomProblem, tenths } from "../solver/packing/fixtures.ts";
import { piecesOf, runningFrom } from "../solver/provisioning/fixtures.ts";
import { playTransition } from "../solver/provisioning/playTransition.ts";
import { randomFleets } from "../solver/provisioning/randomFleets.ts";
import type { BenchRow } from "./benchRow.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };

/**
 * What re-planning touches when one rate changes by 10 to 100 % up or down, against planning afresh; every plan and every step of every
 * transition is checked by judges that share no code with the solver. Services are synthetic; where the published profile is present, so are
 * only their rates and deadlines.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const sizes = [
    [50, 30],
    [100, 30],
    [300, 16],
  ] as const;
  for (const [count, changes] of sizes) {
    rows.push(...(await changeRows(`${count} synthetic services on MIG`, synthetic(count, mig), changes)));
    rows.push(
      ...(await changeRows(`${count} synthetic services on shares of a tenth`, synthetic(count, tenths), changes)),
    );
    if (hasScenarios)
      rows.push(...(await changeRows(`${count} services over a published profile, MIG`, published(count), changes)));
  }
  rows.push(
    ...(await changeRows("one of the greatest tenth, 100 synthetic services on MIG", synthetic(100, mig), 30, true)),
    ...(await changeRows(
      "one of the greatest tenth, 100 synthetic services on shares",
      synthetic(100, tenths),
      30,
      true,
    )),
  );
  if (!hasScenarios)
    rows.push({
      name: "re-plan over a published profile",
      value: 0,
      unit: "",
      met: null,
      note: "skipped: ../shared/data/parvagpu is not there",
    });
  rows.push(await lostRow(synthetic(100, mig)), await driftRow(synthetic(100, mig), 30), ...transitionRows());
  return rows;
}

function synthetic(count: number, card: Card): PackingProblem {
  return randomProblem(hashSeed("re-plan", count), card, "half-slo", count);
}

function published(count: number): PackingProblem {
  const random = seededRandom(hashSeed("re-plan published", count));
  const rows = publishedRows().filter(({ processes }) => processes <= 3);
  const models = [...new Set(rows.map(({ model }) => model))];
  const services = Array.from({ length: count }, (_, i): Service => {
    const model = models[random.integer(models.length)]!;
    return {
      name: `service ${i}`,
      model,
      ratePerSecond: 10 + 1000 * random.next() ** 3,
      deadlineSeconds: (model === "bert" ? 2 : 0.1) * (1 + 3 * random.next()),
      percentile: 0.99,
    };
  });
  return { card: mig, services, rows, rule: "parva-0.45" };
}

async function pack(problem: PackingProblem): Promise<readonly RunningGpu[]> {
  const packing = await columnGeneration(problem);
  assert(packing.status === "packed");
  return runningFrom(packing.layout);
}

/** One rate, up or down by 10 to 100 %; one of the greatest tenth when asked for. */
function changeOne(problem: PackingProblem, random: Random, great = false): PackingProblem {
  const rates = problem.services.map(({ ratePerSecond }) => ratePerSecond);
  const order = [...rates.keys()].sort((a, b) => rates[b]! - rates[a]!);
  const changed = order[random.integer(great ? Math.ceil(order.length / 10) : order.length)]!;
  const part = 0.1 + 0.9 * random.next();
  const factor = random.next() < 0.5 ? 1 + part : 1 - part;
  const services = problem.services.map((service, i) =>
    i === changed ? { ...service, ratePerSecond: factor * service.ratePerSecond } : service,
  );
  return { ...problem, services };
}

interface Tried {
  readonly answer: Extract<LayoutReplan, { status: "packed" }>;
  readonly seconds: number;
  readonly part: number;
  readonly excess: number;
  readonly dips: number;
  readonly steps: number;
}

async function tryChange(before: PackingProblem, next: PackingProblem, running: readonly RunningGpu[]): Promise<Tried> {
  const start = performance.now();
  const answer = await replanLayout(next, running);
  const seconds = (performance.now() - start) / 1000;
  assert(answer.status === "packed");
  const layout: Layout = { card: next.card.name, gpus: answer.gpus };
  assert.deepEqual(checkLayout(next, layout), []);
  const transition = planTransition(toEnd(before, running), toEnd(next, answer.gpus), { made, spares: 1 });
  assert.deepEqual(playTransition(transition), []);
  return {
    answer,
    seconds,
    part: answer.changes.touched / piecesOf(running),
    excess: answer.gpus.length / answer.afreshGpus! - 1,
    dips: transition.dips.length,
    steps: transition.steps.length,
  };
}

async function changeRows(name: string, problem: PackingProblem, changes: number, great = false): Promise<BenchRow[]> {
  const running = await pack(problem);
  const random = seededRandom(hashSeed("re-plan changes", name));
  const tried: Tried[] = [];
  for (let i = 0; i < changes; i += 1) tried.push(await tryChange(problem, changeOne(problem, random, great), running));
  const touched = tried.map(({ part }) => part);
  const seconds = tried.map((each) => each.seconds);
  const idle = tried.filter(({ part }) => part === 0).length;
  return [
    {
      name: `re-plan after one rate changes, ${name}: pieces touched, median`,
      target: "≤ 10 %",
      value: 100 * quantile(touched, 0.5),
      unit: "%",
      met: quantile(touched, 0.5) <= 0.1,
      note: `${changes} changes, ${idle} need nothing; p95 ${percent(quantile(touched, 0.95))}; median of the others ${percent(
        quantile(
          touched.filter((part) => part > 0),
          0.5,
        ),
      )}; ${running.length} GPUs, ${piecesOf(running)} pieces`,
    },
    {
      name: `re-plan after one rate changes, ${name}: GPUs beyond planning afresh, most`,
      target: "≤ 1 %",
      value: 100 * Math.max(...tried.map(({ excess }) => excess)),
      unit: "%",
      met: tried.every(({ excess }) => excess <= 0.01),
      note: `transitions checked, ${tried.reduce((sum, { steps }) => sum + steps, 0)} steps, ${tried.reduce((sum, { dips }) => sum + dips, 0)} dips with one spare GPU`,
    },
    {
      name: `re-plan after one rate changes, ${name}: time, median`,
      value: quantile(seconds, 0.5),
      unit: "s",
      met: null,
      note: `p95 ${quantile(seconds, 0.95).toFixed(2)} s, planning afresh included`,
    },
  ];
}

/** One GPU is lost. */
async function lostRow(problem: PackingProblem): Promise<BenchRow> {
  const running = await pack(problem);
  const parts: number[] = [];
  for (const { id } of running.slice(0, 12)) {
    const answer = await replanLayout(problem, running, { without: [id] });
    assert(answer.status === "packed");
    assert.deepEqual(checkLayout(problem, { card: problem.card.name, gpus: answer.gpus }), []);
    assert(answer.gpus.length <= answer.afreshGpus!);
    parts.push(answer.changes.touched / piecesOf(running));
  }
  return {
    name: "re-plan after one GPU is lost, 100 synthetic services on MIG: pieces touched, median",
    value: 100 * quantile(parts, 0.5),
    unit: "%",
    met: null,
    note: `p95 ${percent(quantile(parts, 0.95))}; what the GPU held is a part of it`,
  };
}

/** Each change starts from the plan that the one before left. */
async function driftRow(first: PackingProblem, changes: number): Promise<BenchRow> {
  const random = seededRandom(hashSeed("re-plan drift"));
  let [problem, running] = [first, await pack(first)];
  const tried: Tried[] = [];
  for (let i = 0; i < changes; i += 1) {
    const next = changeOne(problem, random);
    tried.push(await tryChange(problem, next, running));
    [problem, running] = [next, tried.at(-1)!.answer.gpus];
  }
  return {
    name: `${changes} changes one after the other, 100 synthetic services on MIG: pieces touched by a change, mean`,
    value: (100 * tried.reduce((sum, { part }) => sum + part, 0)) / changes,
    unit: "%",
    met: null,
    note: `at the end ${running.length} GPUs, ${tried.at(-1)!.answer.afreshGpus} afresh; p95 ${percent(
      quantile(
        tried.map(({ part }) => part),
        0.95,
      ),
    )}`,
  };
}

/** Between fleets that have little to do with each other. */
function transitionRows(): BenchRow[] {
  return ([0, 1] as const).map((spares) => {
    const pairs = (["mig", "mps"] as const).flatMap((cut) =>
      Array.from({ length: 150 }, (_, i) => randomFleets(hashSeed("transition", i), cut, 1 + (i % 6), 3 + (i % 7))),
    );
    const start = performance.now();
    const transitions = pairs.map(({ before, after }) => planTransition(before, after, { made, spares }));
    const seconds = (performance.now() - start) / 1000;
    const faults = transitions.flatMap(playTransition);
    const dipping = transitions.filter(({ dips }) => dips.length > 0).length;
    return {
      name: `${pairs.length} transitions between random synthetic fleets of 1 to 6 cards, ${spares} spare: faults in any step`,
      target: "0",
      value: faults.length,
      unit: "",
      met: faults.length === 0,
      note: `${transitions.reduce((sum, { steps }) => sum + steps.length, 0)} steps, ${dipping} transitions in which a service dips, ${((1000 * seconds) / pairs.length).toFixed(1)} ms each`,
    };
  });
}

const profiles: Readonly<Record<string, string>> = {
  "1g": "1g.10gb",
  "2g": "2g.20gb",
  "3g": "3g.40gb",
  "4g": "4g.40gb",
  "7g": "7g.80gb",
};

/** The layout on cards of the catalogue, each tenant with what it can answer. */
function toEnd(problem: PackingProblem, gpus: readonly RunningGpu[]): TransitionEnd {
  const services = problem.services
    .filter(({ ratePerSecond }) => ratePerSecond > 0)
    .map(({ model, ...service }) => ({ ...service, workload: model }));
  return { devices: [devices.a100], services, gpus: gpus.map(toGpu), synthetic: true };
}

function toGpu({ id, pieces }: RunningGpu): FleetGpu {
  return {
    id,
    device: devices.a100.name,
    powerMode: devices.a100.powerModes[0]!.name,
    pieces: pieces.map(({ id: piece, piece: type, start, tenants }) => ({
      id: piece,
      partition: toPartition(type, start),
      tenants: tenants.map((tenant) =>
        exampleTenant(`${tenant.service} on ${piece}`, tenant.service, 0.001, {
          batch: tenant.batch,
          processes: tenant.processes,
          capacityPerSecond: tenant.ratePerSecond,
          memoryBytes: null,
        }),
      ),
    })),
  };
}

function toPartition(type: string, start: number): Partition {
  return type.endsWith("%")
    ? { kind: "mps-share", share: Number(type.slice(0, -1)) / 100 }
    : { kind: "mig", profile: profiles[type]!, start };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
