import { canonicalJson, type FleetGpu, type FleetPiece, type FleetPlan } from "@partitune/schema";
import type { EmitOptions, Refusal } from "../../emission.ts";
import { digest } from "../../planId.ts";
import { type FleetCard, fleetCards } from "../fleet/fleetCards.ts";
import { fleetRefusals } from "../fleet/fleetRefusals.ts";
import { imagesOf } from "../services/containerEnvironment.ts";
import { type PlacedTenant, piecesOf, tenantsOf } from "../services/fleetParts.ts";
import { clientLimits, percentRefusals } from "../services/mpsLimits.ts";
import { bothSharingsRefusals, taskRefusals, turnsInShareRefusals } from "../services/servingRefusals.ts";
import { powerRefusals, severalKindsRefusals, wholeBesideRefusals } from "./clusterRefusals.ts";
import { deployment, metadata, type Naming } from "./manifest.ts";

const carried = ["whole", "mig", "mps-share"] as const;
const driver = "gpu.nvidia.com";

/** What of a plan claims of the NVIDIA DRA driver cannot say. */
export function draRefusals(plan: FleetPlan): readonly Refusal[] {
  const refusals = fleetRefusals(fleetCards(plan, {}), "k8s", carried);
  if (refusals.length > 0) return refusals;
  return [
    ...powerRefusals(plan),
    ...severalKindsRefusals(plan),
    ...turnsInShareRefusals(plan),
    ...bothSharingsRefusals(plan),
    ...percentRefusals(piecesOf(plan)),
    ...taskRefusals(plan),
    ...wholeBesideRefusals(plan),
  ];
}

/** Gates of the driver that a plan needs, all of them off by default. */
export function draGates(plan: FleetPlan): readonly string[] {
  const sharing = new Set(plan.gpus.flatMap((gpu) => requestsOf(gpu).flatMap(({ strategy }) => strategy ?? [])));
  return [
    ...(sharing.has("MPS") ? ["MPSSupport"] : []),
    ...(sharing.has("TimeSlicing") ? ["TimeSlicingSettings"] : []),
  ];
}

/** Devices a plan needs: MIG profiles, and `gpu` for a card that is not cut, with how many. */
export function draDevices(plan: FleetPlan): ReadonlyMap<string, number> {
  const wanted = plan.gpus.flatMap((gpu) => requestsOf(gpu).map(({ profile }) => profile ?? "gpu"));
  return new Map([...Map.groupBy(wanted, (each) => each)].map(([each, all]) => [each, all.length]));
}

/**
 * Claims and Deployments: a claim for each card with a request for each of its pieces, which all come from one card; what shares a card or a
 * piece refers to the same claim. A card with a single process gets a template instead, so that its claim comes and goes with the pod.
 */
export function draManifests(plan: FleetPlan, options: EmitOptions, naming: Naming): readonly unknown[] {
  const images = imagesOf(plan, options, "k8s");
  const tenants = tenantsOf(plan);
  return fleetCards(plan, {})
    .filter(({ pieces }) => pieces.length > 0)
    .flatMap((card) => {
      const mine = tenants.filter((placed) => placed.card.id === card.id);
      const template = mine.length === 1 && mine[0]!.tenant.processes === 1;
      const spec = claimSpec(card);
      // What a claim asks for cannot be changed, so another content is another claim.
      const name = `${naming.cards.get(card.id)!}-${digest(canonicalJson({ spec, template }))}`;
      return [
        claim(naming, card, name, spec, template),
        ...mine.map((placed) => consumer(naming, placed, images.get(placed.workload.name)!, name, template)),
      ];
    });
}

function claim(naming: Naming, gpu: FleetGpu, name: string, spec: unknown, template: boolean) {
  return {
    apiVersion: "resource.k8s.io/v1",
    kind: template ? "ResourceClaimTemplate" : "ResourceClaim",
    metadata: metadata(naming, name, { "partitune/card": gpu.id }),
    spec: template ? { spec } : spec,
  };
}

function consumer(naming: Naming, placed: PlacedTenant, image: string, claimName: string, template: boolean) {
  const request = requestsOf(placed.card).find(({ pieces }) => pieces.includes(placed.piece))!;
  return deployment(naming, placed, {
    image,
    inMps: request.strategy === "MPS",
    container: { resources: { claims: [{ name: "card", request: request.name }] } },
    pod: {
      resourceClaims: [{ name: "card", [template ? "resourceClaimTemplateName" : "resourceClaimName"]: claimName }],
    },
  });
}

/** One device that is asked for. */
interface Request {
  readonly name: string;
  /** Undefined for a card that is not cut. */
  readonly profile: string | undefined;
  readonly pieces: readonly FleetPiece[];
  /** How processes share it; undefined when there is one. */
  readonly strategy: "MPS" | "TimeSlicing" | undefined;
}

/** A MIG instance is a request, and so is a card that is not cut, however many shares it is divided into. */
function requestsOf({ pieces }: FleetGpu): readonly Request[] {
  if (pieces.length === 0) return [];
  if (pieces.every(({ partition }) => partition.kind !== "mig"))
    return [{ name: "card", profile: undefined, pieces, strategy: strategyOf(pieces) }];
  return pieces.map((piece, i) => ({
    name: `piece-${i}`,
    profile: piece.partition.kind === "mig" ? piece.partition.profile : undefined,
    pieces: [piece],
    strategy: strategyOf([piece]),
  }));
}

function strategyOf(pieces: readonly FleetPiece[]): Request["strategy"] {
  if (pieces.some(({ partition }) => partition.kind === "mps-share")) return "MPS";
  const tenants = pieces.flatMap((piece) => piece.tenants);
  if (tenants.some(({ processes }) => processes > 1)) return "MPS";
  return tenants.length > 1 ? "TimeSlicing" : undefined;
}

function claimSpec(card: FleetCard) {
  const requests = requestsOf(card);
  const shared = requests.filter(({ strategy }) => strategy !== undefined);
  return {
    devices: {
      requests: requests.map(({ name, profile }) => ({
        name,
        exactly:
          profile === undefined
            ? { deviceClassName: "gpu.nvidia.com", allocationMode: "ExactCount", count: 1 }
            : {
                deviceClassName: "mig.nvidia.com",
                allocationMode: "ExactCount",
                count: 1,
                selectors: [{ cel: { expression: `device.attributes['${driver}'].profile == '${profile}'` } }],
              },
      })),
      ...(requests.length > 1
        ? { constraints: [{ requests: requests.map(({ name }) => name), matchAttribute: `${driver}/parentUUID` }] }
        : {}),
      ...(shared.length > 0 ? { config: shared.map((request) => sharingOf(card, request)) } : {}),
    },
  };
}

/** The daemon's defaults are the largest limits of its clients, since a client can only lower its own. */
function sharingOf(card: FleetCard, { name, profile, pieces, strategy }: Request) {
  const limits = pieces.flatMap((piece) => piece.tenants.map((tenant) => clientLimits({ card, piece, tenant })));
  const percents = limits.map(({ percent }) => percent).filter((percent) => percent !== undefined);
  const memory = limits.map(({ memoryMebibytes }) => memoryMebibytes).filter((mebibytes) => mebibytes !== undefined);
  const mpsConfig = {
    ...(percents.length === limits.length ? { defaultActiveThreadPercentage: Math.max(...percents) } : {}),
    ...(memory.length === limits.length ? { defaultPinnedDeviceMemoryLimit: `${Math.max(...memory)}Mi` } : {}),
  };
  const sharing = {
    strategy,
    ...(strategy === "MPS" ? { mpsConfig } : {}),
    ...(strategy === "TimeSlicing" && profile === undefined ? { timeSlicingConfig: { interval: "Default" } } : {}),
  };
  const kind = profile === undefined ? "GpuConfig" : "MigDeviceConfig";
  return {
    requests: [name],
    opaque: { driver, parameters: { apiVersion: "resource.nvidia.com/v1beta1", kind, sharing } },
  };
}
