import type { ServerUsage } from "../executor.ts";

interface Duration {
  readonly count?: unknown;
  readonly ns?: unknown;
}

/**
 * Totals by the statistics extension of Triton, all versions of the model together.
 *
 * @returns undefined when the answer holds none
 * @see the statistics extension of Triton for the fields: durations are totals in nanoseconds over all successful requests
 */
export function parseStatistics(value: unknown): ServerUsage | undefined {
  const { model_stats: rows } = (value ?? {}) as { readonly model_stats?: unknown };
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const total = (field: keyof Duration, ...names: readonly string[]) =>
    rows.reduce(
      (sum: number, row: unknown) => sum + names.reduce((part, name) => part + numberIn(row, name, field), 0),
      0,
    );
  return {
    requests: total("count", "success"),
    queueSeconds: total("ns", "queue") / 1e9,
    computeSeconds: total("ns", "compute_input", "compute_infer", "compute_output") / 1e9,
  };
}

function numberIn(row: unknown, name: string, field: keyof Duration): number {
  const { inference_stats: stats } = (row ?? {}) as { readonly inference_stats?: Readonly<Record<string, Duration>> };
  const found = Number(stats?.[name]?.[field] ?? 0);
  return Number.isFinite(found) ? found : 0;
}
