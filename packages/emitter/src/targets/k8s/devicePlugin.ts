import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions, Refusal } from "../../emission.ts";
import { fleetCards } from "../fleet/fleetCards.ts";
import { fleetRefusals } from "../fleet/fleetRefusals.ts";
import { imagesOf } from "../services/containerEnvironment.ts";
import { type PlacedPiece, type PlacedTenant, piecesOf, tenantsOf } from "../services/fleetParts.ts";
import { percentRefusals, pieceLimits } from "../services/mpsLimits.ts";
import { taskRefusals, whereOf } from "../services/servingRefusals.ts";
import { powerRefusals, severalKindsRefusals, wholeBesideRefusals } from "./clusterRefusals.ts";
import { deployment, type Naming } from "./manifest.ts";

const carried = ["whole", "mig", "mps-share"] as const;

/** MPS clients per card from compute capability 7.5 on; the plugin refuses more replicas. */
const mostReplicas = 48;

/** What of a plan a configuration of the NVIDIA device plugin cannot say. */
export function devicePluginRefusals(plan: FleetPlan): readonly Refusal[] {
  const refusals = fleetRefusals(fleetCards(plan, {}), "k8s", carried);
  if (refusals.length > 0) return refusals;
  return [
    ...powerRefusals(plan),
    ...severalKindsRefusals(plan),
    ...wholeBesideRefusals(plan),
    ...percentRefusals(piecesOf(plan)),
    ...sharingRefusals(plan),
    ...shareRefusals(plan),
    ...taskRefusals(plan),
  ];
}

function sharingRefusals(plan: FleetPlan): readonly Refusal[] {
  return piecesOf(plan).flatMap((placed): readonly Refusal[] => {
    const where = whereOf(placed);
    const { tenants, partition } = placed.piece;
    const several = tenants.find(({ processes }) => processes > 1);
    if (tenants.length > 1)
      return [
        {
          where,
          cause: `${tenants.length} tenants take turns on it, and time slicing by the plugin guarantees nobody a part`,
          advice: "plan without turns, or emit it for triton, which keeps them",
        },
      ];
    if (several === undefined) return [];
    const of = partition.kind === "mig" ? "a MIG instance" : partition.kind === "whole" ? "a whole card" : "a replica";
    return [
      {
        where,
        cause: `tenant "${several.id}" has ${several.processes} processes, and the plugin runs no MPS within ${of}`,
        advice: "plan one process for each piece, or use DRA claims",
      },
    ];
  });
}

function shareRefusals(plan: FleetPlan): readonly Refusal[] {
  const pieces = piecesOf(plan);
  const shares = pieces.filter(isShare);
  if (shares.length === 0) return [];
  const advice = "use DRA claims, or plan equal shares";
  const other = pieces.find((placed) => !isShare(placed));
  const mixed =
    other === undefined
      ? []
      : [
          {
            where: whereOf(other),
            cause: "it is no MPS share, and the plugin shares all cards of a node alike or none",
            advice: "plan cards that are shared and others separately, for nodes of their own",
          },
        ];
  const replicas = replicasOf(shares);
  if (replicas > mostReplicas)
    return [
      ...mixed,
      { where: "the plan", cause: `shares of 1/${replicas} need more than ${mostReplicas} replicas`, advice },
    ];
  return [...mixed, ...shares.flatMap((placed) => unequal(placed, replicas, advice))];
}

/** A replica is 1/n of the card's multiprocessors, rounded down to whole percents, and 1/n of its memory. */
function unequal(placed: PlacedPiece, replicas: number, advice: string): readonly Refusal[] {
  const { percent, memoryMebibytes } = pieceLimits(placed);
  const where = whereOf(placed);
  const even = Math.floor(100 / replicas);
  const memory = Math.floor(placed.card.kind.memoryBytes / replicas / 2 ** 20);
  if (percent !== even || replicas < 2) {
    const cause = `its share is ${percent} %, and the plugin gives every replica of a card ${replicas < 2 ? "an equal part of at most a half" : `${even} %`}`;
    return [{ where, cause, advice }];
  }
  if (memoryMebibytes === undefined || memoryMebibytes <= memory) return [];
  const cause = `it needs ${memoryMebibytes} MiB, and each of ${replicas} replicas gets ${memory} MiB of the card`;
  return [{ where, cause, advice }];
}

/** The fewest equal parts a card is cut into so that a part is no larger than the smallest share. */
function replicasOf(shares: readonly PlacedPiece[]): number {
  const smallest = Math.min(
    ...shares.map(({ piece }) => (piece.partition.kind === "mps-share" ? piece.partition.share : 1)),
  );
  return Math.floor(1 / smallest + 1e-6);
}

function isShare({ piece }: PlacedPiece): boolean {
  return piece.partition.kind === "mps-share";
}

/** The plugin's configuration: MIG instances as resources of their own, or every card in equal parts. */
export function devicePluginConfig(plan: FleetPlan) {
  const pieces = piecesOf(plan);
  const shares = pieces.filter(isShare);
  const mig = pieces.some(({ piece }) => piece.partition.kind === "mig");
  const resources = [{ name: "nvidia.com/gpu", replicas: replicasOf(shares) }];
  return {
    version: "v1",
    flags: { migStrategy: mig ? "mixed" : "none" },
    ...(shares.length === 0
      ? {}
      : { sharing: { mps: { renameByDefault: false, failRequestsGreaterThanOne: true, resources } } }),
  };
}

/** Extended resources that the plan's nodes must offer together, with how many. */
export function devicePluginResources(plan: FleetPlan): ReadonlyMap<string, number> {
  const wanted = tenantsOf(plan).map(resourceOf);
  return new Map([...Map.groupBy(wanted, (each) => each)].map(([each, all]) => [each, all.length]));
}

/** The plugin writes the `+` of a profile as a dot, which a resource's name allows. */
function resourceOf({ piece }: PlacedTenant): string {
  const { partition } = piece;
  return partition.kind === "mig" ? `nvidia.com/mig-${partition.profile.replaceAll("+", ".")}` : "nvidia.com/gpu";
}

/** Deployments that ask for one piece each, on nodes that carry the plan's configuration. */
export function devicePluginManifests(plan: FleetPlan, options: EmitOptions, naming: Naming): readonly unknown[] {
  const images = imagesOf(plan, options, "k8s");
  return tenantsOf(plan).map((placed) =>
    deployment(naming, placed, {
      image: images.get(placed.workload.name)!,
      inMps: false,
      container: { resources: { limits: { [resourceOf(placed)]: "1" } } },
      pod: { nodeSelector: { "nvidia.com/device-plugin.config": naming.plan } },
    }),
  );
}
