import { type FleetPlan, InputError } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import type { PlacedTenant } from "./fleetParts.ts";
import { clientLimits, type MpsLimits } from "./mpsLimits.ts";

/**
 * What the server in a container finds in its environment: which workload it serves, how it is to batch, and what MPS holds it to.
 *
 * Names of variables that begin with `PARTITUNE_` are ours; the worker protocol reserves them.
 */
export function containerEnvironment(placed: PlacedTenant, inMps: boolean): Readonly<Record<string, string>> {
  const { tenant, service, workload } = placed;
  return {
    PARTITUNE_WORKLOAD: workload.name,
    PARTITUNE_SERVICE: service.name,
    PARTITUNE_TENANT_ID: tenant.id,
    PARTITUNE_BATCH: String(tenant.batch),
    PARTITUNE_MAX_DELAY_S: String(tenant.maxDelaySeconds),
    ...(inMps ? mpsEnvironment(clientLimits(placed)) : {}),
  };
}

/** The variables by which an MPS client is held to less than its daemon allows; the client sees one device, number 0. */
export function mpsEnvironment({ percent, memoryMebibytes }: MpsLimits): Readonly<Record<string, string>> {
  return {
    ...(percent === undefined ? {} : { CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: String(percent) }),
    ...(memoryMebibytes === undefined ? {} : { CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${memoryMebibytes}M` }),
  };
}

/**
 * The container image of each workload that runs.
 *
 * @throws InputError when one has none, when an image is no image reference, or is given for a workload that the plan has not
 */
export function imagesOf(plan: FleetPlan, { images = {} }: EmitOptions, target: string): ReadonlyMap<string, string> {
  const stranger = Object.keys(images).find(
    (name) => name !== "*" && plan.workloads.every((each) => each.name !== name),
  );
  if (stranger !== undefined)
    throw new InputError({
      what: `image of workload "${stranger}"`,
      problem: "is of no workload of the plan",
      advice: `it has ${plan.workloads.map(({ name }) => `"${name}"`).join(", ")}`,
    });
  const served = new Set(
    plan.gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants.map((t) => t.service))),
  );
  const run = new Set(plan.services.filter(({ name }) => served.has(name)).map(({ workload }) => workload));
  return new Map(Array.from(run, (workload) => [workload, imageOf(workload, images, target)]));
}

function imageOf(workload: string, images: NonNullable<EmitOptions["images"]>, target: string): string {
  const image = Object.hasOwn(images, workload) ? images[workload]! : images["*"];
  if (image === undefined)
    throw new InputError({
      what: `target ${target}`,
      problem: `needs a container image for workload "${workload}"`,
      advice: `add --image "${workload}=IMAGE", or --image IMAGE for all; it starts a server that reads PARTITUNE_BATCH and PARTITUNE_MAX_DELAY_S`,
    });
  if (image.length <= 255 && /^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(image)) return image;
  throw new InputError({
    what: `image "${image}"`,
    problem: "is no reference of a container image",
    advice: 'write it as "registry/name:tag" or "name@sha256:…"',
  });
}
