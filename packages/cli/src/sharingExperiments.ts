import { type Demand, type FleetPlan, InputError, type Made } from "@partitune/schema";
import { fastestMode, fewestGpus, packingConfigs, toFleetPlan, toPackingProblem } from "@partitune/solver";
import type { PredictionSource } from "./loadPredictor.ts";
import { usualPieces } from "./parsePieces.ts";
import type { Start } from "./parseStarts.ts";
import { readInterference } from "./readInterference.ts";
import { warn } from "./warn.ts";

/** Services that begin one after the other on one card. */
export interface SharingExperiment {
  readonly description: string;
  readonly demands: readonly Demand[];
  readonly starts: Readonly<Record<string, Start>>;
  readonly durationSeconds: number;
}

const kaistDemand = { ratePerSecond: 50, deadlineSeconds: 0.025, percentile: 0.99 };

/**
 * Experiments by name.
 *
 * `kaist` is that of the adaptive spatial-temporal scheduler of Kim et al. as its authors outline it: three networks, 50 requests/s each, one
 * beginning every 50 s. They name no objective; 25 ms is ours.
 */
export const sharingExperiments = {
  kaist: {
    description: "ResNet-18, ResNet-50 and VGG-16, 50 requests/s each, beginning at 0, 50 and 100 s, for 500 s",
    demands: ["resnet18", "resnet50", "vgg16"].map((workload) => ({ workload, ...kaistDemand })),
    starts: { resnet18: { startSeconds: 0 }, resnet50: { startSeconds: 50 }, vgg16: { startSeconds: 100 } },
    durationSeconds: 500,
  },
} as const satisfies Record<string, SharingExperiment>;

export type SharingExperimentName = keyof typeof sharingExperiments;

/**
 * Packs the services of an experiment by the seed heuristic, highest rate first, under the queueing rule.
 *
 * @throws InputError when the profile lacks one of its workloads, or they do not fit on one card
 */
export async function packExperiment(
  { demands }: SharingExperiment,
  { source, predict }: PredictionSource,
  made: Made,
): Promise<FleetPlan> {
  const named = demands.map(({ workload }) => workload);
  const { configs, warnings } = packingConfigs(source, named);
  const pieces = usualPieces(configs, source.device);
  const { interference, warnings: assumed } = readInterference(undefined, pieces);
  const fleet = toPackingProblem({
    device: source.device,
    workloads: source.workloads,
    demands,
    predict,
    configs,
    pieces,
    powerMode: fastestMode(configs, named, predict),
    rule: "queue",
    interference,
  });
  warn([...warnings, ...fleet.warnings, ...assumed]);
  const packing = await fewestGpus(fleet, { method: "kaist" });
  if (packing.status === "packed" && packing.layouts.every(({ layout }) => layout.gpus.length <= 1))
    return toFleetPlan({ ...packing, made });
  throw new InputError({
    what: "the experiment",
    problem: `cannot be run on one "${source.device.name}": ${whyNot(packing)}`,
    advice: "pack a plan of your own and compare that",
  });
}

function whyNot(packing: Awaited<ReturnType<typeof fewestGpus>>): string {
  switch (packing.status) {
    case "packed":
      return "its services need more";
    case "unservable":
      return packing.services.map(({ reason }) => reason).join("; ");
    default:
      return packing.reason;
  }
}
