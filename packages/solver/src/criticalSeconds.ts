import type { FleetStep, Seconds } from "@partitune/schema";

/**
 * Time that the steps take when each begins as soon as those are done that it waits for: steps on the same piece, steps that make room on the same
 * card, and, for a tenant that is drained or changed, tenants of its service that are started before it in the list.
 *
 * @param serviceOf  the service of a tenant that runs at the beginning
 */
export function criticalSeconds(steps: readonly FleetStep[], serviceOf: ReadonlyMap<string, string>): Seconds {
  const ends = new Map<string, Seconds>();
  const services = new Map(serviceOf);
  const latest = (keys: readonly string[]) => Math.max(0, ...keys.map((key) => ends.get(key) ?? 0));
  let longest = 0;
  for (const step of steps) {
    if (step.action === "start") services.set(step.tenant.id, step.tenant.service);
    const { waitsFor, ends: marks } = dependencies(step, services);
    const end = latest(waitsFor) + step.seconds;
    for (const key of marks) ends.set(key, Math.max(ends.get(key) ?? 0, end));
    longest = Math.max(longest, end);
  }
  return longest;
}

/** What a step waits for, and what waits for it. */
function dependencies(
  step: FleetStep,
  services: ReadonlyMap<string, string>,
): { readonly waitsFor: readonly string[]; readonly ends: readonly string[] } {
  const room = `room ${step.gpu}`;
  const mode = `mode ${step.gpu}`;
  if (step.action === "set-power-mode") return { waitsFor: [room], ends: [mode, room] };
  const piece = `piece ${step.gpu} ${step.piece}`;
  const tenant = (id: string) => `gain ${services.get(id)}`;
  switch (step.action) {
    case "create":
      return { waitsFor: [piece, room, mode], ends: [piece] };
    case "start":
      return { waitsFor: [piece, room, mode], ends: [piece, tenant(step.tenant.id)] };
    case "adjust":
      return { waitsFor: [piece, room, tenant(step.tenant.id)], ends: [piece, room, tenant(step.tenant.id)] };
    case "drain":
      return { waitsFor: [piece, tenant(step.tenant)], ends: [piece] };
    case "stop":
    case "destroy":
      return { waitsFor: [piece], ends: [piece, room] };
  }
}
