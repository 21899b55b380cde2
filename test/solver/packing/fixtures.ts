import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Random, seededRandom } from "@partitune/numerics";
import {
  type Card,
  mpsCard,
  type Packing,
  type PackingProblem,
  type PackingRuleName,
  type PieceRow,
  type Service,
  sevenSliceCard,
} from "@partitune/solver";

export const mig = sevenSliceCard();
export const tenths = mpsCard({
  name: "shares of a tenth",
  percents: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  memoryBytes: null,
});

/** Batch latencies of a synthetic model: a part that every batch pays, and one that compute shortens, up to where the model is full. */
export function syntheticRows(model: string, card: Card, random: Random, batches = [1, 2, 4, 8, 16, 32]): PieceRow[] {
  const [fixed, work] = [0.001 + 0.004 * random.next(), 0.0003 + 0.003 * random.next()];
  const full = 0.2 + 0.8 * random.next();
  return card.pieces.flatMap(({ name, compute }) =>
    batches.map((batch) => {
      const share = Math.min(full * (1 + batch / 32), compute / card.compute);
      const latencySeconds = fixed + (work * batch) / share / 4;
      return {
        model,
        piece: name,
        batch,
        processes: 1,
        latencySeconds,
        ratePerSecond: batch / latencySeconds,
        memoryBytes: null,
        powerWatts: 20 + 200 * (compute / card.compute),
      };
    }),
  );
}

/** A synthetic problem; the same seed gives the same one. */
export function randomProblem(seed: number, card: Card, rule: PackingRuleName, count = 4): PackingProblem {
  const random = seededRandom(seed);
  const models = Array.from({ length: count }, (_, i) => `m${i}`);
  const rows = models.flatMap((model) => syntheticRows(model, card, random));
  const services = models.map((model): Service => {
    const quickest = Math.min(...rows.filter((row) => row.model === model).map((row) => row.latencySeconds));
    return {
      name: `s-${model}`,
      model,
      ratePerSecond: 5 + 800 * random.next() ** 2,
      deadlineSeconds: quickest * (4 + 20 * random.next()),
      percentile: 0.99,
    };
  });
  return { card, services, rows, rule };
}

/** GPUs of an answer that must be a layout. */
export function gpusOf(packing: Packing): number {
  if (packing.status !== "packed") throw new Error(packing.services.map(({ reason }) => reason).join("; "));
  return packing.layout.gpus.length;
}

const folder = fileURLToPath(new URL("../../../../shared/data/parvagpu/", import.meta.url));

/** Whether the published profiles of eleven networks on MIG pieces of an A100 are there. */
export const hasScenarios = existsSync(folder);

/** The four published scenarios over the published profile, with at most so many processes in a piece. */
export function scenario(name: string, rule: PackingRuleName, mostProcesses: number): PackingProblem {
  const services = lines("slo_tidy.csv").flatMap(([of, model, slo, rate]): readonly Service[] =>
    of === name
      ? [
          {
            name: model!,
            model: model!,
            ratePerSecond: Number(rate),
            deadlineSeconds: Number(slo) / 1000,
            percentile: 0.99,
          },
        ]
      : [],
  );
  const rows = publishedRows().filter(({ processes }) => processes <= mostProcesses);
  return { card: mig, services, rows, rule };
}

/** The published profile; throughput is per process there, and more precise than the latency. */
export function publishedRows(): readonly PieceRow[] {
  return readdirSync(`${folder}prof_data`).flatMap((file) =>
    lines(`prof_data/${file}`).map((cells): PieceRow => {
      const [slices, batch, processes, rate] = cells.map(Number) as [number, number, number, number];
      return {
        model: file.replace(/\.csv$/, ""),
        piece: `${slices}g`,
        batch,
        processes,
        latencySeconds: rate > 0 ? batch / rate : 0,
        ratePerSecond: rate * processes,
        memoryBytes: null,
        powerWatts: null,
      };
    }),
  );
}

function lines(path: string): readonly (readonly string[])[] {
  const [, ...rest] = readFileSync(folder + path, "utf8")
    .trim()
    .split(/\r?\n/);
  return rest.map((line) => line.split(","));
}
