import type { Station } from "../station.ts";
import { type Choices, findUnservable, type ServiceChoices, type SizedChoice, toChoices } from "./choices.ts";
import { computeOf, joinFirst, type OpenGpu, placeFirst, placeOnNew, toLayout, usedCompute } from "./fleet.ts";
import { idealChoice } from "./kaist.ts";
import { type KneeName, knees } from "./knees.ts";
import type { Layout, LayoutPiece, Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { rateTolerance } from "./rateTolerance.ts";
import { fullLoad, openLoad } from "./saturate.ts";

export interface GpuletOptions {
  /** `rate-falling`, as the paper says (default), or `rate-times-deadline-rising`, as its released code sorts. */
  readonly order?: "rate-falling" | "rate-times-deadline-rising";
  /** Which size is the most efficient, by default `steepest`. */
  readonly knee?: KneeName;
  /** Latencies are multiplied by this before they are judged, by default 1.1. */
  readonly latencyRatio?: number;
}

/** Pieces a GPU is cut into at most. */
const mostPieces = 2;
/** Services that take turns on one piece at most. */
const mostTenants = 3;
const largestBatch = 32;

const orders = {
  "rate-falling": (a: ServiceChoices, b: ServiceChoices) => b.need - a.need,
  "rate-times-deadline-rising": (a: ServiceChoices, b: ServiceChoices) =>
    a.need * a.service.deadlineSeconds - b.need * b.service.deadlineSeconds,
} as const;

/**
 * gpulet: GPUs cut into two pieces at most, batches of 32 at most, latencies with a margin. Each service gets pieces of the size
 * min(knee, required) until its rate is covered: on the GPU that the piece fills best, else in turns with others on the fullest piece that
 * still idles, else on a new GPU.
 *
 * GPUs are not limited in number, so that untouched ones come last; the published limits and margin are kept, and rates that are left over are never dropped. Interference is left to the rule and the headroom.
 *
 * @see Choi et al., "Serving Heterogeneous Machine Learning Models on Multi-GPU Servers with Spatio-Temporal Sharing", USENIX ATC 2022
 */
export function gpulet(
  problem: PackingProblem,
  { order = "rate-falling", knee = "steepest", latencyRatio = 1.1 }: GpuletOptions = {},
): Packing {
  const choices = toChoices({ ...problem, rows: withMargin(problem, latencyRatio) });
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const gpus: OpenGpu[] = [];
  for (const own of choices.services.toSorted(orders[order])) {
    const efficient = knees[knee](own.best);
    let left = own.need;
    while (left > rateTolerance * own.need) {
      const choice = idealChoice(own, efficient, left);
      place(choices, gpus, own, choice, left);
      left -= choice.safeRate;
    }
  }
  return { status: "packed", layout: withoutMargin(toLayout(problem.card, gpus), latencyRatio) };
}

/** Rows as they are judged: without batches that are too large, slower by the margin. */
function withMargin({ rows }: PackingProblem, ratio: number): PackingProblem["rows"] {
  return rows
    .filter(({ batch }) => batch <= largestBatch)
    .map((row) => ({
      ...row,
      latencySeconds: ratio * row.latencySeconds,
      ratePerSecond: row.ratePerSecond / ratio,
      ...(row.station === undefined ? {} : { station: slower(row.station, ratio) }),
    }));
}

function slower({ serviceSeconds, occupancySeconds, ratios }: Station, ratio: number): Station {
  const times = (seconds: readonly number[]) => seconds.map((each) => ratio * each);
  return { serviceSeconds: times(serviceSeconds), occupancySeconds: times(occupancySeconds), ratios };
}

/** The same layout with the latencies that were measured. */
function withoutMargin({ card, gpus }: Layout, ratio: number): Layout {
  const measured = (piece: LayoutPiece) => ({
    ...piece,
    tenants: piece.tenants.map((tenant) => ({ ...tenant, latencySeconds: tenant.latencySeconds / ratio })),
  });
  return { card, gpus: gpus.map(({ pieces }) => ({ pieces: pieces.map(measured) })) };
}

function place(choices: Choices, gpus: OpenGpu[], own: ServiceChoices, choice: SizedChoice, rate: number): void {
  const { card } = choices.problem;
  const covers = choice.safeRate >= rate;
  const load = covers ? openLoad(choice, own, rate) : fullLoad(choice, own);
  const fullestFirst = gpus.toSorted((a, b) => usedCompute(card, b.pieces) - usedCompute(card, a.pieces));
  const open = fullestFirst.filter(
    ({ pieces }) => pieces.length < mostPieces && computeOf(card, choice.piece) < card.compute,
  );
  if (placeFirst(card, open, choice.piece, load)) return;
  if (covers && joinFirst(choices, fullestFirst, { choices: own, rate }, mostTenants)) return;
  placeOnNew(card, gpus, choice.piece, load);
}
