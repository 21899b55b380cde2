import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../../shared/data/parvagpu/", import.meta.url));

/** Whether the published profile of eleven networks on MIG pieces of an A100 is there (ParvaGPU, SC'24). */
export const hasPublished = existsSync(folder);

/** Rows of a published table without its header, cell by cell. */
export function publishedLines(path: string): readonly (readonly string[])[] {
  const [, ...rest] = readFileSync(folder + path, "utf8")
    .trim()
    .split(/\r?\n/);
  return rest.map((line) => line.split(","));
}

const tables = new Map<string, readonly (readonly number[])[]>();

/**
 * Published times of batches of 1 … `largest` on so many slices with so many processes, at index batch − 1, s: from throughput, which is more
 * precise than the printed latency, linear between the measured batches, and non-decreasing.
 */
export function publishedTimes(model: string, slices: number, processes: number, largest: number): readonly number[] {
  if (!tables.has(model))
    tables.set(
      model,
      publishedLines(`prof_data/${model}.csv`).map((row) => row.map(Number)),
    );
  const known = tables
    .get(model)!
    .filter(([size, batch, count, rate]) => size === slices && count === processes && batch! <= largest && rate! > 0)
    .map(([, batch, , rate]) => [batch!, batch! / rate!] as const)
    .sort(([a], [b]) => a - b);
  const times: number[] = [];
  for (let batch = 1; batch <= largest; batch++) {
    const above = known.findIndex(([size]) => size >= batch);
    const [highBatch, high] = known[above]!;
    const [lowBatch, low] = known[Math.max(0, above - 1)]!;
    const part = highBatch === lowBatch ? 1 : Math.max(0, (batch - lowBatch) / (highBatch - lowBatch));
    times.push(Math.max(low + part * (high - low), times.at(-1) ?? 0));
  }
  return times;
}
