import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { seededRandom } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import { splitLines } from "../workers/splitLines.ts";
import { arrivalTimes } from "./arrivalTimes.ts";
import { delayedTimes } from "./delayedTimes.ts";
import { type LoadRequest, type LoadStream, outcomes, type StreamSamples } from "./load.ts";

interface Row {
  readonly intended: Seconds;
  readonly sent: Seconds;
  end: Seconds;
  queue: Seconds;
  service: Seconds;
  batch: number;
  outcome: number;
}

const keptErrors = 5;
const pending = 0;

/** One stream under way: when its next request is due, its connection, and what came back. */
export class OpenStream {
  /** When the next request is due, s since the start; Infinity when there is none. */
  due: Seconds = 0;
  readonly #load: LoadRequest;
  readonly #placement: string;
  readonly #times: Iterator<Seconds, undefined>;
  readonly #socket: Socket;
  readonly #rows: Row[] = [];
  readonly #errors = new Set<string>();
  #answered = 0;
  /** Requests before this one are settled, so a look at what is open need not start at the first. */
  #settled = 0;

  private constructor(stream: LoadStream, load: LoadRequest, socket: Socket) {
    this.#load = load;
    this.#placement = stream.placement;
    this.#times = delayedTimes(arrivalTimes(stream.arrivals, seededRandom(load.seed).fork(stream.placement)), stream);
    this.#socket = socket;
    this.#advance();
  }

  /** @param origin  start of the load on the monotonic clock, when it is known */
  static async connect(stream: LoadStream, load: LoadRequest, origin: () => Seconds): Promise<OpenStream> {
    const socket = connect(stream.socket);
    await once(socket, "connect");
    const open = new OpenStream(stream, load, socket);
    const split = splitLines((line) => open.#receive(line, origin()));
    socket.on("data", split);
    socket.on("error", (error) => open.#break(error.message));
    socket.on("close", () => open.#break("the server closed the connection"));
    return open;
  }

  get sent(): number {
    return this.#rows.length;
  }

  get answered(): number {
    return this.#answered;
  }

  /** Sends all requests that are due, in one write. */
  sendDue(now: Seconds): void {
    let text = "";
    for (; this.due <= now; this.#advance()) {
      text += `{"type":"request","id":${this.#rows.length}}\n`;
      this.#rows.push({
        intended: this.due,
        sent: now,
        end: NaN,
        queue: NaN,
        service: NaN,
        batch: NaN,
        outcome: pending,
      });
    }
    if (text !== "") this.#socket.write(text);
  }

  /** True while a request that was due before `horizon` may still be answered in time. */
  isOpen(horizon: Seconds, now: Seconds): boolean {
    if (this.due < horizon) return true;
    const rows = this.#rows;
    while (this.#settled < rows.length && rows[this.#settled]!.outcome !== pending) this.#settled++;
    const first = rows[this.#settled];
    return first !== undefined && first.intended < horizon && now - first.intended < this.#load.timeoutSeconds;
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  /** Requests due before `horizon`. What is unanswered, or was answered too late, counts as given up. */
  samples(horizon: Seconds): StreamSamples {
    const rows = this.#rows.filter((row) => row.intended < horizon);
    const column = (read: (row: Row) => number) => Float64Array.from(rows, read);
    return {
      placement: this.#placement,
      intended: column((row) => row.intended),
      sent: column((row) => row.sent),
      end: column((row) => row.end),
      queue: column((row) => row.queue),
      service: column((row) => row.service),
      batch: column((row) => row.batch),
      outcome: Uint8Array.from(rows, (row) => this.#outcomeOf(row)),
      errors: [...this.#errors],
    };
  }

  #outcomeOf({ outcome, intended, end }: Row): number {
    const late = outcome === outcomes.answered && end - intended > this.#load.timeoutSeconds;
    return outcome === pending || late ? outcomes.timedOut : outcome;
  }

  #advance(): void {
    this.due = this.#times.next().value ?? Number.POSITIVE_INFINITY;
  }

  #receive(line: string, origin: Seconds): void {
    const answer = JSON.parse(line) as {
      readonly id?: number;
      readonly error?: string;
      readonly queue_s: Seconds;
      readonly service_s: Seconds;
      readonly batch: number;
      readonly end_s: Seconds;
    };
    const row = this.#rows[answer.id ?? -1];
    if (row === undefined) this.#note(answer.error ?? `the server wrote ${line.slice(0, 200)}`);
    else if (answer.error !== undefined) {
      row.outcome = outcomes.failed;
      this.#note(answer.error);
    } else {
      row.outcome = outcomes.answered;
      row.end = answer.end_s - origin;
      row.queue = answer.queue_s;
      row.service = answer.service_s;
      row.batch = answer.batch;
      this.#answered++;
    }
  }

  #break(reason: string): void {
    this.#note(reason);
    this.due = Number.POSITIVE_INFINITY;
    for (const row of this.#rows) if (row.outcome === pending) row.outcome = outcomes.failed;
  }

  #note(error: string): void {
    if (this.#errors.size < keptErrors) this.#errors.add(error);
  }
}
