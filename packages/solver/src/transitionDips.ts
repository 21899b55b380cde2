import type { FleetGpu, FleetStep, FleetTransition } from "@partitune/schema";

type Dip = FleetTransition["dips"][number];

/** Slack of sums of capacities, relative. */
const slack = 1e-9;

/**
 * When services are answered less than they need while the steps are taken, and how much is missing at most. A tenant that is drained answers
 * nothing any more, one that is started answers once it runs.
 *
 * @param floors  requests per second by service
 */
export function findDips(
  before: readonly FleetGpu[],
  steps: readonly FleetStep[],
  floors: ReadonlyMap<string, number>,
): readonly Dip[] {
  const running = new Map<string, readonly [string, number]>();
  const capacity = new Map<string, number>();
  const set = (tenant: string, service: string, perSecond: number) => {
    capacity.set(service, (capacity.get(service) ?? 0) - (running.get(tenant)?.[1] ?? 0) + perSecond);
    running.set(tenant, [service, perSecond]);
  };
  for (const tenant of before.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants))) {
    set(tenant.id, tenant.service, tenant.capacityPerSecond);
  }
  const open = new Map<string, { readonly from: number; missing: number }>();
  const dips: Dip[] = [];
  for (const [at, step] of steps.entries()) {
    const service = serviceOf(step, running);
    if (service === null) continue;
    if (step.action === "drain") set(step.tenant, service, 0);
    if (step.action === "start" || step.action === "adjust")
      set(step.tenant.id, service, step.tenant.capacityPerSecond);
    const floor = floors.get(service) ?? 0;
    const missing = floor - capacity.get(service)!;
    const dip = open.get(service);
    if (missing > slack * (1 + floor))
      open.set(service, { from: dip?.from ?? at, missing: Math.max(dip?.missing ?? 0, missing) });
    else if (dip !== undefined) {
      open.delete(service);
      dips.push(toDip(service, dip.from, at, dip.missing, steps));
    }
  }
  const last = steps.length - 1;
  const rest = [...open].map(([service, { from, missing }]) => toDip(service, from, last, missing, steps));
  return [...dips, ...rest].sort((a, b) => a.from - b.from);
}

function serviceOf(step: FleetStep, running: ReadonlyMap<string, readonly [string, number]>): string | null {
  if (step.action === "drain") return running.get(step.tenant)![0];
  return step.action === "start" || step.action === "adjust" ? step.tenant.service : null;
}

function toDip(service: string, from: number, to: number, missing: number, steps: readonly FleetStep[]): Dip {
  const seconds = steps.slice(from, to + 1).reduce((sum, step) => sum + step.seconds, 0);
  return { service, from, to, missingPerSecond: missing, seconds };
}
