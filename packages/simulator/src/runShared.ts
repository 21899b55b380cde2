import type { Seconds } from "@partitune/schema";
import { arrivalTimes } from "./arrivalTimes.ts";
import { type BatchQueue, batchQueue } from "./batchQueue.ts";
import { giveUpTime } from "./runIsolated.ts";
import { serviceRatios } from "./serviceRatios.ts";
import type { SpeedsOf } from "./speedsOf.ts";
import type { Station, Window } from "./station.ts";
import { type OpenTally, openTally, type Tally } from "./tally.ts";

/**
 * Plays stations that share one processor: whenever one becomes busy or idle, the work in flight of all others goes on at another speed.
 *
 * Times of the service table are taken as times alone on the processor. The run ends when every request of the window is answered or given
 * up; until then each station keeps up its load, for the sake of the others.
 *
 * Each station has exactly one next event, and a change of the busy set moves those of all busy stations, so a scan of one array of times
 * replaces the heap. Equal times are taken in the order of the stations.
 *
 * @returns one tally per station, in order
 */
export function runShared(stations: readonly Station[], window: Window, speedsOf: SpeedsOf): readonly Tally[] {
  const processor = new SharedProcessor(stations, window, speedsOf);
  while (processor.open > 0) processor.step();
  return processor.workers.map((worker) => worker.tally);
}

/** A station while it runs. */
interface Worker {
  readonly station: Station;
  readonly queue: BatchQueue;
  readonly ratio: () => number;
  readonly tally: OpenTally;
  phase: "waiting" | "serving" | "pausing";
  /** Requests of the batch in flight, when it started, its time relative to the median, and how long it took to answer. */
  size: number;
  start: Seconds;
  stretch: number;
  service: Seconds;
  /** False once every request of the window is answered. */
  open: boolean;
}

class SharedProcessor {
  readonly workers: readonly Worker[];
  /** Stations with requests of the window left. */
  open: number;
  readonly #window: Window;
  readonly #patience: Seconds;
  readonly #speedsOf: SpeedsOf;
  /** When each station's next thing happens: the start of a batch, its answer, or the end of its occupancy. */
  readonly #next: Float64Array;
  readonly #busy: Uint8Array;
  #speeds: Float64Array;

  constructor(stations: readonly Station[], window: Window, speedsOf: SpeedsOf) {
    this.workers = stations.map((station) => toWorker(station, window));
    this.open = stations.length;
    this.#window = window;
    this.#patience = giveUpTime(window);
    this.#speedsOf = speedsOf;
    this.#next = new Float64Array(stations.length);
    this.#busy = new Uint8Array(stations.length);
    this.#speeds = speedsOf(this.#busy);
    for (let i = 0; i < stations.length; i++) this.#next[i] = this.#nextStart(i, 0);
  }

  step(): void {
    const i = this.#earliest();
    const now = this.#next[i]!;
    const worker = this.workers[i]!;
    if (worker.phase === "waiting") {
      this.#setBusy(i, 1, now);
      this.#startBatch(i, now);
    } else if (worker.phase === "serving") this.#answer(i, now);
    else this.#finishBatch(i, now);
  }

  #earliest(): number {
    const next = this.#next;
    let earliest = 0;
    for (let i = 1; i < next.length; i++) if (next[i]! < next[earliest]!) earliest = i;
    return earliest;
  }

  #startBatch(i: number, now: Seconds): void {
    const worker = this.workers[i]!;
    worker.phase = "serving";
    worker.start = now;
    worker.size = worker.queue.sizeAt(now);
    worker.stretch = worker.ratio();
    this.#next[i] = now + (worker.station.service[worker.size]! * worker.stretch) / this.#speeds[i]!;
  }

  #answer(i: number, now: Seconds): void {
    const worker = this.workers[i]!;
    const { service, occupancy } = worker.station;
    worker.service = now - worker.start;
    const rest = (occupancy[worker.size]! - service[worker.size]!) * worker.stretch;
    if (rest === 0) this.#finishBatch(i, now);
    else {
      worker.phase = "pausing";
      this.#next[i] = now + rest / this.#speeds[i]!;
    }
  }

  #finishBatch(i: number, now: Seconds): void {
    const worker = this.workers[i]!;
    worker.tally.record(worker.queue, worker.size, worker.start, worker.service, now - worker.start);
    worker.queue.head += worker.size;
    const start = this.#nextStart(i, now);
    if (start === now) this.#startBatch(i, now);
    else {
      worker.phase = "waiting";
      this.#next[i] = start;
      this.#setBusy(i, 0, now);
    }
  }

  /** When the next batch starts, Infinity when the station gives up; closes the station once the window has nothing left for it. */
  #nextStart(i: number, free: Seconds): Seconds {
    const worker = this.workers[i]!;
    const start = worker.queue.nextStart(free);
    if (!worker.open) return start;
    const served = worker.queue.nextArrival() >= this.#window.end;
    if (!served && start <= this.#patience) return start;
    worker.open = false;
    this.open--;
    if (served) return start;
    worker.tally.giveUp(worker.queue);
    return Number.POSITIVE_INFINITY;
  }

  #setBusy(i: number, busy: 0 | 1, now: Seconds): void {
    this.#busy[i] = busy;
    const before = this.#speeds;
    const speeds = this.#speedsOf(this.#busy);
    this.#speeds = speeds;
    const next = this.#next;
    for (let j = 0; j < next.length; j++) {
      if (j !== i && this.#busy[j] === 1 && speeds[j] !== before[j]) {
        next[j] = now + (next[j]! - now) * (before[j]! / speeds[j]!);
      }
    }
  }
}

function toWorker(station: Station, window: Window): Worker {
  const { random } = station;
  return {
    station,
    queue: batchQueue(arrivalTimes(station.arrivals, random.fork("arrivals")), station.maxBatch, station.maxDelay),
    ratio: serviceRatios(station.ratios, random.fork("service")),
    tally: openTally(station, window),
    phase: "waiting",
    size: 0,
    start: 0,
    stretch: 1,
    service: 0,
    open: true,
  };
}
