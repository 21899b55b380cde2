import type { FleetPlan } from "@partitune/schema";
import { playIsland } from "../../../packages/simulator/src/fleet/playIsland.ts";
import { openResponseLog } from "../../../packages/simulator/src/fleet/responseLog.ts";
import { type FleetLoad, toFleet } from "../../../packages/simulator/src/fleet/toFleet.ts";

/** Response times of every tenant, by the order of arrival; requests that arrive in [0, end). */
export function playFleet(
  plan: FleetPlan,
  load: FleetLoad,
  end: number,
): ReadonlyMap<string, { readonly arrivals: readonly number[]; readonly responses: readonly number[] }> {
  const answered = new Map<string, { arrivals: readonly number[]; responses: readonly number[] }>();
  for (const island of toFleet(plan, load, 1).islands) {
    const rooms = island.rooms.map(({ members }) => ({
      worked: () => undefined,
      members: members.map(() => openResponseLog()),
    }));
    playIsland(island, { start: 0, end }, rooms);
    island.rooms.forEach(({ members }, i) => {
      members.forEach(({ id }, j) => {
        const { arrivals, responses, count } = rooms[i]!.members[j]!;
        const own = Array.from({ length: count }, (_, k) => k)
          .filter((k) => arrivals[k]! < end)
          .sort((a, b) => arrivals[a]! - arrivals[b]!);
        answered.set(id, { arrivals: own.map((k) => arrivals[k]!), responses: own.map((k) => responses[k]!) });
      });
    });
  }
  return answered;
}
