import type { Window } from "../station.ts";
import type { Fleet, Island } from "./fleet.ts";
import type { FleetPart } from "./independentParts.ts";
import { type MemberTally, openMemberTally, within } from "./memberTally.ts";
import { playRooms } from "./playRooms.ts";
import type { RoomLog } from "./roomLog.ts";
import { openServiceTally, type ServiceTally } from "./serviceTally.ts";

/** What is left of one room. */
export interface RoomTally extends RoomLog {
  readonly gpu: string;
  readonly piece: string;
  /** Ids, in the order of the members. */
  readonly ids: readonly string[];
  /** Time inside the window in which some process worked, s. */
  readonly busy: number;
  readonly members: readonly MemberTally[];
}

/** What happened on a part of a fleet. */
export interface PartTally {
  readonly services: ReadonlyMap<number, ServiceTally>;
  readonly rooms: readonly RoomTally[];
}

/** Plays a part of a fleet, island after island. */
export function playPart(fleet: Fleet, part: FleetPart, window: Window): PartTally {
  const services = new Map(part.services.map((index) => [index, openServiceTally(window)]));
  const rooms = part.islands.flatMap((island) => {
    const tallies = island.rooms.map((room) => openRoom(fleet, room, services, window));
    playRooms(island, window, tallies);
    return tallies;
  });
  part.islands
    .flatMap((island) => island.rooms)
    .forEach((room, i) => {
      room.members.forEach(({ service }, j) => {
        if (rooms[i]!.members[j]!.saturated) services.get(service)!.saturated = true;
      });
    });
  return { services, rooms };
}

function openRoom(
  fleet: Fleet,
  { gpu, piece, members }: Island["rooms"][number],
  services: ReadonlyMap<number, ServiceTally>,
  window: Window,
): RoomTally {
  const tally = {
    gpu,
    piece,
    ids: members.map(({ id }) => id),
    busy: 0,
    members: members.map((member) =>
      openMemberTally(member, services.get(member.service)!, fleet.services[member.service]!.deadline),
    ),
    worked(since: number, until: number): void {
      tally.busy += within(window, since, until);
    },
  };
  return tally;
}
