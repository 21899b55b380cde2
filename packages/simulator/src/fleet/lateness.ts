import type { Fraction, PerSecond, Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import { BacklogWatch } from "./backlogWatch.ts";
import type { Member } from "./fleet.ts";
import type { FleetPart } from "./independentParts.ts";
import { playRooms } from "./playRooms.ts";
import type { Answered, MemberLog } from "./roomLog.ts";

/** How many of a service's requests were late: all that a yes or no needs of one run. */
export interface Lateness {
  /** Requests of the window, answered or not. */
  readonly requests: number;
  readonly failed: number;
  /** Requests, answered or not, that missed each of the targets. */
  readonly late: readonly number[];
  readonly meanResponse: Seconds;
  /** Requests answered per second of the window. */
  readonly completedPerSecond: PerSecond;
  /** True when the backlog of a tenant was still growing at the end. */
  readonly saturated: boolean;
  /** The longest time for which requests always waited at one of its tenants, as a part of the window. */
  readonly longestBacklog: Fraction;
}

/**
 * Plays a part of a fleet, and counts.
 *
 * @param targets  per service of the fleet, by index: response times to be met
 * @returns by index of the service
 */
export function latenessOf(
  part: FleetPart,
  window: Window,
  targets: readonly (readonly Seconds[])[],
): ReadonlyMap<number, Lateness> {
  const counts = new Map(part.services.map((index) => [index, new Counts(targets[index]!)]));
  const watches: MemberCounts[] = [];
  for (const island of part.islands) {
    const rooms = island.rooms.map(({ members }) => ({
      worked: ignore,
      members: members.map((member) => {
        const own = new MemberCounts(member, counts.get(member.service)!, window);
        watches.push(own);
        return own;
      }),
    }));
    playRooms(island, window, rooms);
  }
  for (const { service, backlog } of watches) {
    if (backlog.growing) service.saturated = true;
    service.longest = Math.max(service.longest, backlog.longest);
  }
  return new Map([...counts].map(([index, each]) => [index, each.lateness(window)]));
}

function ignore(): void {}

class Counts {
  requests = 0;
  failed = 0;
  completed = 0;
  sum = 0;
  saturated = false;
  longest: Seconds = 0;
  readonly targets: Float64Array;
  readonly late: Float64Array;

  constructor(targets: readonly Seconds[]) {
    this.targets = Float64Array.from(targets);
    this.late = new Float64Array(targets.length);
  }

  lateness({ start, end }: Window): Lateness {
    const { requests, failed, completed, sum, saturated, longest } = this;
    return {
      requests: requests + failed,
      failed,
      late: [...this.late].map((late) => late + failed),
      meanResponse: requests === 0 ? 0 : sum / requests,
      completedPerSecond: completed / (end - start),
      saturated,
      longestBacklog: longest / (end - start),
    };
  }
}

class MemberCounts implements MemberLog {
  readonly service: Counts;
  readonly #window: Window;
  readonly backlog: BacklogWatch;

  constructor(member: Member, service: Counts, window: Window) {
    this.service = service;
    this.#window = window;
    this.backlog = new BacklogWatch(member, window);
  }

  started(start: Seconds, _size: number, first: Seconds, caughtUp: boolean): void {
    this.backlog.started(start, first, caughtUp);
  }

  answered({ arrivals, size, start, service: time }: Answered): void {
    const { service } = this;
    const { start: from, end } = this.#window;
    const answer = start + time;
    if (answer >= from && answer < end) service.completed += size;
    for (let i = 0; i < size; i++) {
      const arrival = arrivals[i]!;
      if (arrival < from || arrival >= end) continue;
      const response = start - arrival + time;
      service.requests++;
      service.sum += response;
      for (let k = 0; k < service.targets.length; k++) if (response > service.targets[k]!) service.late[k]!++;
    }
  }

  worked(): void {}

  givenUp(arrival: Seconds): void {
    if (arrival < this.#window.start) return;
    this.backlog.failed = true;
    this.service.failed++;
  }
}
