import type { Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import type { Contention, Island, Room } from "./fleet.ts";
import {
  giveUp,
  longestFree,
  type MemberState,
  openMember,
  openProcess,
  type Process,
  type RoomState,
} from "./islandState.ts";
import type { RoomLog } from "./roomLog.ts";

/**
 * Plays rooms that may slow each other down: requests queue per member in order of arrival.
 *
 * - A member alone in its room: whichever of its processes is free takes min(batch, waiting), after waiting up to `maxDelay` for a full
 *   batch.
 * - Several members: they take turns in their order, those with nothing to do are passed over. In its turn each process of a member takes
 *   one batch of what waits at its beginning; the next turn begins when all of them are free. What `maxDelay` lets wait counts as nothing
 *   to do.
 * - Whenever a process becomes busy or idle, the contention says how fast the others go on.
 *
 * The run ends when every request of the window is answered; until then all keep up their load, for the sake of the others. What has not
 * started within another window length is given up.
 *
 * A room has one next start and a process one next end, so a scan of two short arrays of times replaces the heap. Of equal times ends come
 * first, then the order of the rooms decides.
 *
 * @param logs  one per room, in order
 */
export function playIsland(island: Island, window: Window, logs: readonly RoomLog[]): void {
  const play = new IslandPlay(island, window, logs);
  while (play.pending > 0) play.step();
  play.finish();
}

const never = Number.POSITIVE_INFINITY;

class IslandPlay {
  /** Members with requests of the window that have not started, and processes with such that have. */
  pending: number;
  readonly #window: Window;
  readonly #patience: Seconds;
  readonly #contention: Contention | null;
  readonly #rooms: readonly RoomState[];
  readonly #processes: Process[] = [];
  /** Next start per room. */
  readonly #starts: Float64Array;
  /** Next end per process: of the answer, then of the occupancy. */
  readonly #ends: Float64Array;
  readonly #sizes: Int32Array;
  /** Work left per process at its last change of speed, where the speed is 0. */
  readonly #left: Float64Array;
  readonly #speeds: Float64Array;
  #change: Seconds = never;

  constructor({ rooms, contention }: Island, window: Window, logs: readonly RoomLog[]) {
    this.#window = window;
    this.#patience = window.end + (window.end - window.start);
    this.#rooms = rooms.map((room, i) => this.#toRoom(room, i, logs[i]!));
    this.pending = this.#rooms.reduce((sum, { members }) => sum + members.length, 0);
    const count = this.#processes.length;
    this.#starts = new Float64Array(rooms.length);
    this.#ends = new Float64Array(count).fill(never);
    this.#sizes = new Int32Array(count);
    this.#left = new Float64Array(count);
    this.#speeds = new Float64Array(count).fill(1);
    this.#contention = contention?.() ?? null;
    for (const room of this.#rooms) this.#planStart(room, 0);
  }

  step(): void {
    const ends = this.#ends;
    let process = 0;
    for (let i = 1; i < ends.length; i++) if (ends[i]! < ends[process]!) process = i;
    const starts = this.#starts;
    let room = 0;
    for (let i = 1; i < starts.length; i++) if (starts[i]! < starts[room]!) room = i;
    if (this.#change < ends[process]! && this.#change <= starts[room]!) this.#adjust(this.#change);
    else if (ends[process]! <= starts[room]!) this.#end(this.#processes[process]!, ends[process]!);
    else this.#start(this.#rooms[room]!, starts[room]!);
  }

  #toRoom(room: Room, index: number, log: RoomLog): RoomState {
    const members = room.members.map((member, i) => openMember(member, log.members[i]!));
    const state: RoomState = { index, log, members, working: 0, workingSince: 0, turn: members.length - 1 };
    for (const member of members) {
      for (let i = 0; i < member.member.processes; i++) {
        const process = openProcess(state, member, this.#processes.length);
        member.processes.push(process);
        this.#processes.push(process);
      }
    }
    return state;
  }

  /** Finds out when the next batch of a room starts, and closes members that have nothing left in the window. */
  #planStart(room: RoomState, now: Seconds): void {
    this.#starts[room.index] =
      room.members.length === 1 ? this.#startAlone(room.members[0]!) : this.#startTurn(room, now);
  }

  #startAlone(member: MemberState): Seconds {
    let since = never;
    for (const process of member.processes)
      if (process.state === "idle" && process.freeSince < since) since = process.freeSince;
    return since === never ? never : this.#readyAt(member, since);
  }

  /** The start of the next turn, and whose it is. */
  #startTurn(room: RoomState, now: Seconds): Seconds {
    if (room.working > 0) return never;
    const count = room.members.length;
    let [start, turn] = [never, room.turn];
    for (let i = 1; i <= count; i++) {
      const next = (room.turn + i) % count;
      const member = room.members[next]!;
      const ready = Math.max(now, this.#readyAt(member, member.freeSince));
      if (ready < start) [start, turn] = [ready, next];
    }
    if (start !== never) room.turn = turn;
    return start;
  }

  /** When the member's next batch may start, Infinity when it gives up; closes it once the window has nothing left for it. */
  #readyAt(member: MemberState, since: Seconds): Seconds {
    if (member.givenUp) return never;
    const ready = member.queue.nextStart(since);
    if (!member.open) return ready;
    const served = member.queue.nextArrival() >= this.#window.end;
    if (!served && ready <= this.#patience) return ready;
    member.open = false;
    this.pending--;
    if (served) return ready;
    giveUp(member, this.#window.end);
    return never;
  }

  /** Whoever works on has only later requests than the window's, so the window is over. */
  finish(): void {
    for (const room of this.#rooms) {
      if (room.working > 0) room.log.worked(room.workingSince, this.#window.end);
      for (const member of room.members)
        if (member.working > 0) member.log.worked(member.workingSince, this.#window.end);
    }
  }

  #start(room: RoomState, now: Seconds): void {
    this.#fill(room, now);
    this.#planStart(room, now);
    this.#adjust(now);
  }

  /** Starts what the room's next start is to start. */
  #fill(room: RoomState, now: Seconds): void {
    const alone = room.members.length === 1;
    const member = alone ? room.members[0]! : room.members[room.turn]!;
    if (alone) this.#startBatch(longestFree(member), now);
    else
      for (const process of member.processes) {
        this.#startBatch(process, now);
        if (member.queue.nextArrival() > now) break;
      }
  }

  #startBatch(process: Process, now: Seconds): void {
    const { member, room, index } = process;
    const { queue, log } = member;
    const size = queue.sizeAt(now);
    for (let i = 0; i < size; i++) process.arrivals[i] = queue.times[queue.head + i]!;
    queue.head += size;
    log.started(now, size, process.arrivals[0]!, queue.nextArrival() > now);
    const stretch = member.ratio();
    process.state = "serving";
    process.size = size;
    process.start = now;
    process.service = member.member.times[size]! * stretch;
    process.rest = (member.member.occupancy[size]! - member.member.times[size]!) * stretch;
    process.undisturbed = true;
    this.#sizes[index] = size;
    this.#speeds[index] = 1;
    this.#ends[index] = now + process.service;
    if (member.working++ === 0) member.workingSince = now;
    if (room.working++ === 0) room.workingSince = now;
    if (process.arrivals[0]! < this.#window.end) this.pending++;
  }

  #end(process: Process, now: Seconds): void {
    if (process.state === "serving") {
      if (!process.undisturbed) process.service = now - process.start;
      process.member.log.answered(process);
      if (process.rest > 0) {
        process.state = "pausing";
        this.#ends[process.index] = now + process.rest / this.#speeds[process.index]!;
        return;
      }
    }
    this.#free(process, now);
  }

  /** The process is free; whatever can start at once does before anybody hears of it. */
  #free(process: Process, now: Seconds): void {
    const { member, room, index } = process;
    process.state = "idle";
    process.freeSince = now;
    this.#ends[index] = never;
    this.#sizes[index] = 0;
    if (--room.working === 0) room.log.worked(room.workingSince, now);
    if (process.arrivals[0]! < this.#window.end) this.pending--;
    if (--member.working === 0) {
      member.freeSince = now;
      member.log.worked(member.workingSince, now);
    }
    this.#planStart(room, now);
    if (this.#starts[room.index] === now) {
      this.#fill(room, now);
      this.#planStart(room, now);
    }
    this.#adjust(now);
  }

  /** Asks how fast everybody goes on, and moves the ends of those whose speed has changed. */
  #adjust(now: Seconds): void {
    if (this.#contention === null) return;
    const speeds = this.#contention.speeds(this.#sizes, now);
    this.#change = this.#contention.nextChange();
    for (let i = 0; i < speeds.length; i++) {
      const before = this.#speeds[i]!;
      if (this.#sizes[i] === 0 || speeds[i] === before) continue;
      const left = before === 0 ? this.#left[i]! : (this.#ends[i]! - now) * before;
      this.#left[i] = left;
      this.#ends[i] = speeds[i] === 0 ? never : now + left / speeds[i]!;
      this.#speeds[i] = speeds[i]!;
      this.#processes[i]!.undisturbed = false;
    }
  }
}
