import { batchQueue } from "../batchQueue.ts";
import { serviceRatios } from "../serviceRatios.ts";
import type { Window } from "../station.ts";
import type { Member } from "./fleet.ts";
import type { RoomLog } from "./roomLog.ts";

/**
 * Plays a member that has its room to itself and feels no neighbour: what `playIsland` does, three times as quickly. Batches then start in
 * the order of the queue, each on the process that is free first, so the calendar is one array of times.
 */
export function playAlone(member: Member, window: Window, room: RoomLog): void {
  const { times, occupancy, processes } = member;
  const log = room.members[0]!;
  const queue = batchQueue(member.arrivals(), member.maxBatch, member.maxDelay);
  const ratio = serviceRatios(member.ratios, member.random.fork("service"));
  const patience = window.end + (window.end - window.start);
  const free = new Float64Array(processes);
  const batch = { arrivals: new Float64Array(member.maxBatch), size: 0, start: 0, service: 0 };
  let [since, until] = [0, 0];
  for (;;) {
    if (queue.nextArrival() >= window.end) break;
    let process = 0;
    for (let i = 1; i < processes; i++) if (free[i]! < free[process]!) process = i;
    const start = queue.nextStart(free[process]!);
    if (start > patience) {
      for (; queue.nextArrival() < window.end; queue.head++) log.givenUp(queue.times[queue.head]!);
      break;
    }
    const size = queue.sizeAt(start);
    const stretch = ratio();
    for (let i = 0; i < size; i++) batch.arrivals[i] = queue.times[queue.head + i]!;
    queue.head += size;
    batch.size = size;
    batch.start = start;
    batch.service = times[size]! * stretch;
    log.started(start, size, batch.arrivals[0]!, queue.nextArrival() > start);
    log.answered(batch);
    const end = start + batch.service + (occupancy[size]! - times[size]!) * stretch;
    free[process] = end;
    if (start > until) {
      worked(since, until);
      since = start;
    }
    if (end > until) until = end;
  }
  worked(since, until);

  function worked(from: number, to: number): void {
    room.worked(from, to);
    log.worked(from, to);
  }
}
