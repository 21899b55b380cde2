import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { nearestRank } from "@partitune/numerics";
import type { KernelOverlap, OverlapOutcome } from "@partitune/schema";
import { type NetworkOverlap, overlapNetworks } from "../../packages/cli/src/overlapNetworks.ts";
import type { BenchRow } from "./benchRow.ts";

const steps = 100;
const recordSteps = 20;
const longestSeconds = 60;

/** An urgent network, one beside it, and how long the urgent one's host waits after every tenth operator, µs. */
const pairs = [
  { high: "zoo:mobilenet-v2@96", low: "zoo:resnet18@64", waitUs: 2000 },
  { high: "zoo:resnet18@64", low: "zoo:mobilenet-v2@64", waitUs: 1000 },
] as const;

/** About what handing over an operator takes here, as the idle time in recorded traces says. */
const dispatchNs = 1_000;
/** By which the median completion may differ from the predicted one. */
const tolerated = 0.1;
/** By which filling may lengthen the median step. */
const harm = 0.05;

/**
 * Networks that really share this machine's processor operator by operator, under each policy, beside what the kernel simulator predicts of
 * the same steps. Means something only on a machine that does nothing else; the load average is in the notes.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const pair of pairs) rows.push(...rowsOf(await measurePair(pair)));
  return rows;
}

async function measurePair({ high, low, waitUs }: (typeof pairs)[number]): Promise<NetworkOverlap> {
  const zooFolder = mkdtempSync(join(tmpdir(), "partitune-overlap-"));
  const each = { batch: 1, seed: "bench", zooFolder };
  try {
    return await overlapNetworks({
      high: { model: high, ...each },
      low: [{ model: low, priority: 1, ...each }],
      fill: {
        key: "occurrence",
        estimator: "quantile",
        executionQuantile: 0.9,
        idleQuantile: 0.1,
        minGap: 20_000,
        dispatch: dispatchNs,
        feedback: false,
        maxOverrun: null,
      },
      think: { every: 10, mean: waitUs * 1000, spread: 0.3 },
      seed: "bench",
      recordSteps,
      steps,
      longest: longestSeconds * 1e9,
      made: { tool: "bench", at: new Date().toISOString(), seed: "bench", inputs: [] },
    });
  } finally {
    rmSync(zooFolder, { recursive: true });
  }
}

function rowsOf({ overlap, differences }: NetworkOverlap): BenchRow[] {
  const [alone] = overlap.outcomes as [OverlapOutcome, ...OverlapOutcome[]];
  const pair = `${overlap.high.task} (${overlap.high.operators} operators) + ${overlap.low[0]!.task}`;
  const note = `${alone.steps.length} steps, ${overlap.ended}, load average ${loadavg()[0]!.toFixed(1)}; outputs differ from the whole networks' by ${differences.map((difference) => difference.toExponential(1)).join(" and ")}`;
  return overlap.outcomes.flatMap((outcome, i) =>
    rowsOfOutcome(overlap, outcome, alone, i === 0 ? `${pair}: ` : "  ", note),
  );
}

function rowsOfOutcome(
  overlap: KernelOverlap,
  outcome: OverlapOutcome,
  alone: OverlapOutcome,
  prefix: string,
  note: string,
): BenchRow[] {
  const { policy, steps: played, predicted } = outcome;
  const completions = played.map(({ completion }) => completion);
  const low = mean(played.map(({ lowWork }) => lowWork));
  const expected = predicted!.map(({ completion }) => completion);
  const error = median(completions) / median(expected) - 1;
  const delay = median(played.map(({ completion }, i) => completion / alone.steps[i]!.completion)) - 1;
  const isFill = policy === "fill";
  return [
    {
      name: `${prefix}${policy}, completion p50`,
      value: median(completions) * 1e-9,
      unit: "s",
      met: null,
      note: `p99 ${ms(nearestRank(sorted(completions), 0.99))}, longest ${ms(Math.max(...completions))}; others' work ${ms(low)} a step, predicted ${ms(mean(predicted!.map(({ lowWork }) => lowWork)))}${policy === "exclusive" ? `; ${note}` : ""}`,
    },
    ...(policy === "exclusive"
      ? []
      : [
          {
            name: `    ${policy}, measured p50 beyond predicted`,
            target: `≤ ${tolerated} either way`,
            value: error,
            unit: "fraction",
            met: Math.abs(error) <= tolerated,
            note: `predicted ${ms(median(expected))}; p10, where other programs disturb least: ${ms(p10(completions))}, predicted ${ms(p10(expected))}`,
          },
          {
            name: `    ${policy}, delay of a step beside the same step alone, p50`,
            ...(isFill ? { target: `≤ ${harm}` } : {}),
            value: delay,
            unit: "fraction",
            met: isFill ? delay <= harm : null,
            ...(isFill ? { note: overlap.warnings.map(({ code, where }) => `${code} ${where}`).join("; ") } : {}),
          },
        ]),
  ];
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function median(values: readonly number[]): number {
  return nearestRank(sorted(values), 0.5);
}

function p10(values: readonly number[]): number {
  return nearestRank(sorted(values), 0.1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ms(ns: number): string {
  return `${(ns / 1e6).toPrecision(3)} ms`;
}
