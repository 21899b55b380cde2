import type { Card } from "./card.ts";
import { type Choices, findUnservable, type ServiceChoices, type SizedChoice, toChoices } from "./choices.ts";
import { type OpenGpu, placeFirst, placeOnNew, toLayout, usedCompute } from "./fleet.ts";
import type { Layout, Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { rateTolerance } from "./rateTolerance.ts";
import { fullLoad } from "./saturate.ts";

/** What of the published algorithm is left out. */
export interface ParvagpuOptions {
  /** Whether weakly used GPUs are emptied and their services re-issued as small pieces, by default true. */
  readonly dissolve?: boolean;
}

/** A piece that a service is to have. */
interface Segment {
  readonly own: ServiceChoices;
  readonly choice: SizedChoice;
}

/** GPUs that use no more than this part of their compute are dissolved: 4 of 7 slices. */
const weaklyUsed = 4 / 7;

/**
 * ParvaGPU: per service as many pieces of the size with most throughput per compute unit as the rate fills, and the smallest that covers the
 * rest; larger pieces first, each on the GPU with least compute left; then weakly used GPUs are dissolved into the two smallest sizes.
 *
 * Unlike the published code, a piece blocks every memory slice that it spans and not only the one it begins at, so every start is legal.
 *
 * @see Lee et al., "ParvaGPU: Efficient Spatial GPU Sharing for Large-Scale DNN Inference in Cloud Environments", SC 2024
 */
export function parvagpu(problem: PackingProblem, options: ParvagpuOptions = {}): Packing {
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  return lost.length > 0
    ? { status: "unservable", services: lost }
    : { status: "packed", layout: parvagpuLayout(choices, options) };
}

/** {@link parvagpu} on choices that serve everyone. */
export function parvagpuLayout(choices: Choices, { dissolve = true }: ParvagpuOptions = {}): Layout {
  const { card } = choices.problem;
  const gpus: OpenGpu[] = [];
  for (const segment of inOrder(choices.services.flatMap(segmentsOf))) allocate(card, gpus, segment);
  if (dissolve) dissolveWeak(choices, gpus);
  return toLayout(card, gpus);
}

function segmentsOf(own: ServiceChoices): readonly Segment[] {
  const optimal = own.best.reduce((most, each) =>
    each.safeRate / each.compute > most.safeRate / most.compute ? each : most,
  );
  const exact = Math.ceil(own.need / optimal.safeRate - rateTolerance);
  const rest = own.need - (exact - 1) * optimal.safeRate;
  const last = own.best.find(({ safeRate }) => safeRate >= rest * (1 - rateTolerance))!;
  return [...Array.from({ length: exact - 1 }, () => ({ own, choice: optimal })), { own, choice: last }];
}

/** Larger pieces first. */
function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return segments.toSorted((a, b) => b.choice.compute - a.choice.compute);
}

/** Places a segment on the GPU with least compute left that takes it, on a new one when none does. */
function allocate(card: Card, gpus: OpenGpu[], { own, choice }: Segment): void {
  const left = (gpu: OpenGpu) => card.compute - usedCompute(card, gpu.pieces);
  const enough = gpus.filter((gpu) => left(gpu) >= choice.compute).sort((a, b) => left(a) - left(b));
  const load = fullLoad(choice, own);
  if (!placeFirst(card, enough, choice.piece, load)) placeOnNew(card, gpus, choice.piece, load);
}

/** From the last GPU to the first: what a weakly used GPU answered becomes its services' debt, re-issued as small pieces. */
function dissolveWeak({ problem: { card }, services }: Choices, gpus: OpenGpu[]): void {
  const secondSize = card.pieces.find(({ compute }) => compute > card.pieces[0]!.compute)?.compute ?? card.compute;
  const debts = new Map<string, number>();
  const ofService = new Map(services.map((own) => [own.service.name, own]));
  for (const gpu of gpus.toReversed()) {
    if (usedCompute(card, gpu.pieces) > weaklyUsed * card.compute) continue;
    const tenants = gpu.pieces.flatMap(({ load }) => load.tenants);
    for (const { service, ratePerSecond } of tenants) debts.set(service, (debts.get(service) ?? 0) + ratePerSecond);
    gpu.pieces = [];
    const reissued: Segment[] = [];
    for (const service of new Set(tenants.map((tenant) => tenant.service))) {
      const debt = debts.get(service)!;
      const segments = smallSegments(ofService.get(service)!, debt, secondSize);
      debts.set(
        service,
        segments.reduce((rest, { choice }) => rest - choice.safeRate, debt),
      );
      reissued.push(...segments);
    }
    for (const segment of inOrder(reissued)) allocate(card, gpus, segment);
  }
}

/** Pieces of the card's two smallest sizes that answer a rate; of the service's smallest when it runs on neither. */
function smallSegments(own: ServiceChoices, rate: number, secondSize: number): readonly Segment[] {
  if (rate <= 0) return [];
  const smallest = own.best.filter(({ compute }) => compute <= secondSize);
  const one = smallest[0] ?? own.best[0]!;
  const two = smallest.find(({ safeRate, compute }) => safeRate / compute > one.safeRate / one.compute) ?? one;
  const twos = two === one ? 0 : Math.floor(rate / two.safeRate);
  const ones = Math.max(0, Math.ceil((rate - twos * two.safeRate) / one.safeRate - rateTolerance));
  return [
    ...Array.from({ length: twos }, () => ({ own, choice: two })),
    ...Array.from({ length: ones }, () => ({ own, choice: one })),
  ];
}
