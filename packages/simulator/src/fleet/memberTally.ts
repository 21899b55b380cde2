import type { Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import { BacklogWatch } from "./backlogWatch.ts";
import type { Member } from "./fleet.ts";
import type { Answered, MemberLog } from "./roomLog.ts";
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
  readonly #backlog: BacklogWatch;

  constructor(member: Member, service: ServiceTally, deadline: Seconds) {
    this.#service = service;
    this.#deadline = deadline;
    this.#window = service.window;
    this.#backlog = new BacklogWatch(member, this.#window);
  }

  get saturated(): boolean {
    return this.#backlog.growing;
  }

  answered(batch: Answered): void {
    this.requests += countAnswered(this.#service, batch, this.#deadline);
  }

  started(start: Seconds, size: number, first: Seconds, caughtUp: boolean): void {
    if (start >= this.#window.start && start < this.#window.end) {
      this.batches++;
      this.batched += size;
    }
    this.#backlog.started(start, first, caughtUp);
  }

  worked(since: Seconds, until: Seconds): void {
    this.busy += within(this.#window, since, until);
  }

  givenUp(arrival: Seconds): void {
    if (arrival < this.#window.start) return;
    this.#backlog.failed = true;
    this.#service.failed++;
  }
}

/** The part of a time that lies inside the window. */
export function within({ start, end }: Window, since: Seconds, until: Seconds): Seconds {
  return Math.max(0, Math.min(until, end) - Math.max(since, start));
}
