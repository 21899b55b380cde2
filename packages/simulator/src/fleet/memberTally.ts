import type { Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import type { Member } from "./fleet.ts";
import type { Answered, MemberLog } from "./playIsland.ts";
import { countAnswered, type ServiceTally } from "./serviceTally.ts";

/** What is remembered of one tenant. */
export interface MemberTally extends MemberLog {
  /** Requests of the window that were answered. */
  readonly requests: number;
  /** Batches started inside the window, and the requests in them. */
  readonly batches: number;
  readonly batched: number;
  /** Time inside the window in which some process worked. */
  readonly busy: Seconds;
  /** True when the backlog was still growing at the end. */
  readonly saturated: boolean;
}

/** Starts the tally of one tenant, whose requests also count for its service. */
export function openMemberTally(member: Member, service: ServiceTally, deadline: Seconds): MemberTally {
  return new TenantTally(member, service, deadline);
}

class TenantTally implements MemberTally {
  requests = 0;
  batches = 0;
  batched = 0;
  busy = 0;
  readonly #service: ServiceTally;
  readonly #deadline: Seconds;
  readonly #window: Window;
  readonly #middle: Seconds;
  readonly #fullOccupancy: Seconds;
  #failed = 0;
  /** When the tenant last had caught up: it started a batch that left nothing waiting. */
  #lastSlack = Number.NEGATIVE_INFINITY;
  #waitAtMiddle = Number.NaN;
  #waitAtEnd = Number.NaN;

  constructor(member: Member, service: ServiceTally, deadline: Seconds) {
    this.#service = service;
    this.#deadline = deadline;
    this.#window = service.window;
    this.#middle = (this.#window.start + this.#window.end) / 2;
    this.#fullOccupancy = member.occupancy[member.maxBatch]!;
  }

  /** As for a station of its own: never without a backlog in the second half of the window, which is longer at its end. */
  get saturated(): boolean {
    if (this.#failed > 0) return true;
    return this.#lastSlack < this.#middle && this.#waitAtEnd - this.#waitAtMiddle > this.#fullOccupancy;
  }

  answered(batch: Answered): void {
    this.requests += countAnswered(this.#service, batch, this.#deadline);
  }

  started(start: Seconds, size: number, first: Seconds, caughtUp: boolean): void {
    if (start >= this.#window.start && start < this.#window.end) {
      this.batches++;
      this.batched += size;
    }
    if (caughtUp) this.#lastSlack = start;
    if (first >= this.#window.end) return;
    this.#waitAtEnd = start - first;
    if (first >= this.#middle && Number.isNaN(this.#waitAtMiddle)) this.#waitAtMiddle = start - first;
  }

  worked(since: Seconds, until: Seconds): void {
    this.busy += within(this.#window, since, until);
  }

  givenUp(arrival: Seconds): void {
    if (arrival < this.#window.start) return;
    this.#failed++;
    this.#service.failed++;
  }
}

/** The part of a time that lies inside the window. */
export function within({ start, end }: Window, since: Seconds, until: Seconds): Seconds {
  return Math.max(0, Math.min(until, end) - Math.max(since, start));
}
