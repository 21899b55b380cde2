import type { Seconds } from "@partitune/schema";
import { alternate } from "../sharing/alternate.ts";
import { fair } from "../sharing/fair.ts";
import { mixed } from "../sharing/mixed.ts";
import type { SharingLaw } from "../sharing/sharingLaw.ts";
import type { Contention } from "./fleet.ts";
import type { CardJobs } from "./toCardJobs.ts";

/** A way in which batches get on beside each other on a card that nobody partitions. */
export interface CardLaw {
  /** The law in words. */
  readonly title: string;
  /** Whether it asks how fast a workload is on parts of the card. */
  readonly needsSizes: boolean;
  /**
   * @param jobs  per process, in the order of the contention
   * @param slowdown  factor on the time of a batch while another one runs beside it
   */
  readonly contention: (jobs: readonly CardJobs[], slowdown: number) => () => Contention;
}

/** Length of a turn of time slicing, s; the true one is not documented. */
const quantum: Seconds = 0.002;

/** Every law of an unpartitioned card, by the name it is chosen by. */
export const cardLaws = {
  "mps-fair": law("default MPS, idle parts are lent (optimistic)", true, fair),
  "mps-alternate": law("default MPS, kernels take turns (pessimistic)", false, alternate),
  "mps-mixed": law("default MPS, half-way between lending and taking turns", true, mixed(0.5)),
  "time-slice": {
    title: "time slicing, turns of 2 ms",
    needsSizes: false,
    contention: (jobs) => () => new TurnsOfProcesses(jobs.length),
  },
} as const satisfies Record<string, CardLaw>;

export type CardLawName = keyof typeof cardLaws;

function law(title: string, needsSizes: boolean, { speeds }: SpeedLaw): CardLaw {
  return { title, needsSizes, contention: (jobs, slowdown) => () => lawContention(speeds, jobs, slowdown) };
}

interface SpeedLaw {
  readonly speeds: NonNullable<SharingLaw["speeds"]>;
}

/** Up to this many different sets of batches are remembered; beyond, each is worked out anew. */
const remembered = 1 << 16;

function lawContention(law: SpeedLaw["speeds"], jobs: readonly CardJobs[], slowdown: number): Contention {
  const known = new Map<number, Float64Array>();
  const compute = (sizes: Int32Array): Float64Array => {
    const speeds = new Float64Array(jobs.length);
    const busy = jobs.flatMap(({ sharers }, i) => (sizes[i] === 0 ? [] : [{ i, sharer: sharers[sizes[i]!]! }]));
    const loss = busy.length > 1 ? slowdown : 1;
    law(busy.map(({ sharer }) => sharer)).forEach((speed, k) => {
      speeds[busy[k]!.i] = speed / loss;
    });
    return speeds;
  };
  return {
    speeds(sizes) {
      let key = 0;
      for (let i = 0; i < sizes.length; i++) key = key * jobs[i]!.seconds.length + sizes[i]!;
      const found = known.get(key);
      if (found !== undefined) return found;
      const made = compute(sizes);
      if (known.size < remembered && Number.isSafeInteger(key)) known.set(key, made);
      return made;
    },
    nextChange: () => Number.POSITIVE_INFINITY,
  };
}

/** One process has the card for a turn, then the next one with work: round robin. Who is alone keeps it. */
class TurnsOfProcesses implements Contention {
  readonly #speeds: Float64Array;
  #turn = 0;
  #until = Number.POSITIVE_INFINITY;

  constructor(count: number) {
    this.#speeds = new Float64Array(count);
  }

  speeds = (sizes: Int32Array, now: Seconds): Float64Array => {
    const others = sizes.some((size, i) => size > 0 && i !== this.#turn);
    const over = sizes[this.#turn] === 0 || now >= this.#until;
    if (over && others) {
      this.#turn = nextBusy(sizes, this.#turn);
      this.#until = Number.POSITIVE_INFINITY;
    }
    const contended = sizes.some((size, i) => size > 0 && i !== this.#turn);
    if (!contended) this.#until = Number.POSITIVE_INFINITY;
    else if (this.#until === Number.POSITIVE_INFINITY || over) this.#until = now + quantum;
    this.#speeds.fill(0);
    this.#speeds[this.#turn] = 1;
    return this.#speeds;
  };

  nextChange = (): Seconds => this.#until;
}

function nextBusy(sizes: Int32Array, from: number): number {
  for (let i = 1; i <= sizes.length; i++) {
    const next = (from + i) % sizes.length;
    if (sizes[next]! > 0) return next;
  }
  return from;
}
