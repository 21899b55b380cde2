import type { Window } from "../station.ts";
import type { Island } from "./fleet.ts";
import { playAlone } from "./playAlone.ts";
import { playIsland } from "./playIsland.ts";
import type { RoomLog } from "./roomLog.ts";

/**
 * Plays an island in the quickest way that is right for it.
 *
 * @param logs  one per room, in order
 */
export function playRooms(island: Island, window: Window, logs: readonly RoomLog[]): void {
  const [room, ...others] = island.rooms;
  const alone = others.length === 0 && room?.members.length === 1 && island.contention === null;
  if (alone) playAlone(room.members[0]!, window, logs[0]!);
  else playIsland(island, window, logs);
}
