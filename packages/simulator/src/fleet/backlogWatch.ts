import type { Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import type { Member } from "./fleet.ts";

/**
 * Whether a tenant's backlog grows. In the long run a stable one now and then starts a batch that leaves nothing waiting. Where it has not in the
 * whole second half of the window, and requests wait longer at its end than at its beginning by more than a full batch, the backlog grows.
 */
export class BacklogWatch {
  /** Set when a request of the window was given up. */
  failed = false;
  /** The longest time inside the window for which something always was left waiting. */
  longest: Seconds = 0;
  readonly #start: Seconds;
  readonly #end: Seconds;
  readonly #middle: Seconds;
  readonly #fullOccupancy: Seconds;
  /** When a batch was last started that left nothing waiting. */
  #lastSlack = Number.NEGATIVE_INFINITY;
  /** Whether something has waited ever since, and since when. */
  #waiting = false;
  #since = 0;
  #waitAtMiddle = Number.NaN;
  #waitAtEnd = Number.NaN;

  constructor({ occupancy, maxBatch }: Member, { start, end }: Window) {
    this.#start = start;
    this.#end = end;
    this.#middle = (start + end) / 2;
    this.#fullOccupancy = occupancy[maxBatch]!;
  }

  get growing(): boolean {
    if (this.failed) return true;
    return this.#lastSlack < this.#middle && this.#waitAtEnd - this.#waitAtMiddle > this.#fullOccupancy;
  }

  /** A batch was started whose first request arrived at `first`. */
  started(start: Seconds, first: Seconds, caughtUp: boolean): void {
    if (this.#waiting)
      this.longest = Math.max(this.longest, Math.min(start, this.#end) - Math.max(this.#since, this.#start));
    else this.#since = start;
    this.#waiting = !caughtUp;
    if (caughtUp) this.#lastSlack = start;
    if (first >= this.#end) return;
    this.#waitAtEnd = start - first;
    if (first >= this.#middle && Number.isNaN(this.#waitAtMiddle)) this.#waitAtMiddle = start - first;
  }
}
