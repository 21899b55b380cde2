import type { Fleet, Island } from "./fleet.ts";

/** Islands and the services that are answered on them, such that nothing else in the fleet has to do with either. */
export interface FleetPart {
  readonly islands: readonly Island[];
  /** Indices of services, ascending. */
  readonly services: readonly number[];
}

/**
 * Takes a fleet apart into what can be played, and judged, on its own: islands belong together when a service is answered on both.
 *
 * Services that are answered nowhere belong to no part.
 *
 * @returns in the order of their first islands
 */
export function independentParts({ islands }: Fleet): readonly FleetPart[] {
  const groupOf = new Map<number, Group>();
  const groups: (Group | null)[] = [];
  for (const island of islands) {
    const services = new Set(island.rooms.flatMap(({ members }) => members.map(({ service }) => service)));
    const met = new Set([...services].flatMap((service) => groupOf.get(service) ?? []));
    const group = [...met].sort((a, b) => a.at - b.at)[0] ?? { at: groups.length, islands: [], services: new Set() };
    groups[group.at] = group;
    for (const other of met) if (other !== group) merge(group, other, groups, groupOf);
    group.islands.push(island);
    for (const service of services) {
      group.services.add(service);
      groupOf.set(service, group);
    }
  }
  return groups.flatMap((group) =>
    group === null ? [] : [{ islands: group.islands, services: [...group.services].sort((a, b) => a - b) }],
  );
}

interface Group {
  readonly at: number;
  readonly islands: Island[];
  readonly services: Set<number>;
}

function merge(into: Group, from: Group, groups: (Group | null)[], groupOf: Map<number, Group>): void {
  into.islands.push(...from.islands);
  for (const service of from.services) {
    into.services.add(service);
    groupOf.set(service, into);
  }
  groups[from.at] = null;
}
