import type { PerSecond, Seconds } from "@partitune/schema";
import type { Station } from "../station.ts";
import { batchTailRate } from "./batchTailRate.ts";
import type { PieceRow, Service } from "./packingProblem.ts";
import { type QueueRates, queueRates } from "./queueRates.ts";

/** Queues of rows that were looked at; a row must always come with the same curve. */
export type KnownRates = Map<PieceRow, QueueRates>;

/** What counts as safe on a piece. */
export interface PackingRule {
  /**
   * Requests per second that a service alone on a piece may be sent, at most those of the row; 0 when it cannot keep its deadline there.
   *
   * @param row  the configuration
   * @param curve  rows of the same model, piece and processes, by rising batch
   * @param worthwhile  a rate up to this is of no use, and 0 may be returned in its place
   * @param known  what was found for other services with the same curve, and will be; makes it quicker
   */
  safeRate(
    row: PieceRow,
    service: Service,
    curve: readonly PieceRow[],
    worthwhile?: PerSecond,
    known?: KnownRates,
  ): PerSecond;
  /** Longest response of a tenant whose piece gives the turns listed, s; null when the rule does not cover sharing. */
  readonly turnResponse: ((turns: readonly Seconds[], index: number) => Seconds) | null;
  /** Longest response of a tenant, under the arrivals that the rule assumes, s; null when it depends on the rate. */
  readonly response: ((turns: readonly Seconds[], index: number) => Seconds) | null;
}

const saturated =
  (keeps: (latencySeconds: Seconds, deadlineSeconds: Seconds) => boolean) =>
  (row: PieceRow, { deadlineSeconds }: Service) =>
    keeps(row.latencySeconds, deadlineSeconds) ? row.ratePerSecond : 0;

/** A full turn of everyone: the length of one cycle. */
const cycle = (turns: readonly Seconds[]) => turns.reduce((sum, turn) => sum + turn, 0);

/** A request just misses its turn, waits for everyone's, and runs in its own. */
const waitAndRun = (turns: readonly Seconds[], index: number) => cycle(turns) + turns[index]!;

/** A request waits for one cycle and is answered at the end of the next. */
const waitTwice = (turns: readonly Seconds[]) => 2 * cycle(turns);

const halfSlo = saturated((latency, deadline) => 2 * latency <= deadline);

/**
 * Batches are filled before they run: ℓ + b/λ ≤ L and ℓ ≤ b/λ with each process's part of the requests, as far as the row can take them. A service
 * with few requests so needs a smaller batch.
 */
function residualRate({ batch, processes, latencySeconds, ratePerSecond }: PieceRow, service: Service): PerSecond {
  const taken = Math.min(service.ratePerSecond, ratePerSecond) / processes;
  return latencySeconds + batch / taken <= service.deadlineSeconds ? ratePerSecond : 0;
}

/**
 * Rules by the names of the literature. All but `queue` and `batch-tail` assume evenly spaced arrivals; `latency-only` is not even then safe, it
 * is an optimistic bound. Under `duty-own` and `duty-sum` tenants may take turns; a tenant alone then keeps them exactly as `half-slo`.
 *
 * @see gpulet (Choi et al., ATC 2022), iGniter (Xu et al., TPDS 2023), Nexus (Shen et al., SOSP 2019): half-slo, residual and duty cycles;
 * ParvaGPU (Lee et al., SC 2024): 0.45
 */
export const packingRules = {
  "half-slo": { safeRate: halfSlo, turnResponse: null, response: waitAndRun },
  "parva-0.45": {
    safeRate: saturated((latency, deadline) => latency < 0.45 * deadline),
    turnResponse: null,
    response: waitAndRun,
  },
  "latency-only": {
    safeRate: saturated((latency, deadline) => latency <= deadline),
    turnResponse: null,
    response: (turns, index) => turns[index]!,
  },
  residual: { safeRate: residualRate, turnResponse: null, response: null },
  "duty-own": { safeRate: halfSlo, turnResponse: waitAndRun, response: waitAndRun },
  "duty-sum": { safeRate: halfSlo, turnResponse: waitTwice, response: waitTwice },
  "batch-tail": {
    safeRate: (row, service, curve) => row.processes * batchTailRate(row.station ?? stationOf(row, curve), service),
    turnResponse: null,
    response: null,
  },
  queue: { safeRate: queueRate, turnResponse: null, response: null },
} as const satisfies Record<string, PackingRule>;

export type PackingRuleName = keyof typeof packingRules;

/** Each process is a server of its own that takes an equal part of the requests: the exact queue of one, times their number. */
function queueRate(
  row: PieceRow,
  service: Service,
  curve: readonly PieceRow[],
  worthwhile: PerSecond = 0,
  known: KnownRates = new Map(),
): PerSecond {
  if (row.latencySeconds > service.deadlineSeconds) return 0;
  const rates = known.get(row) ?? queueRates(row.station ?? stationOf(row, curve));
  known.set(row, rates);
  return row.processes * rates.highest(service, worthwhile / row.processes);
}

/** Latencies of every batch up to the row's: linear between measured batches, non-decreasing, without scatter. */
function stationOf(row: PieceRow, curve: readonly PieceRow[]): Station {
  const known = curve.filter(({ batch }) => batch <= row.batch);
  const serviceSeconds: number[] = [];
  let above = 0;
  for (let batch = 1; batch <= row.batch; batch += 1) {
    if (known[above]!.batch < batch) above += 1;
    const [low, high] = [known[Math.max(0, above - 1)]!, known[above]!];
    const part = high.batch === low.batch ? 1 : (batch - low.batch) / (high.batch - low.batch);
    const latency = low.latencySeconds + Math.max(0, part) * (high.latencySeconds - low.latencySeconds);
    serviceSeconds.push(Math.max(latency, serviceSeconds.at(-1) ?? 0));
  }
  return { serviceSeconds, occupancySeconds: serviceSeconds, ratios: [1] };
}
