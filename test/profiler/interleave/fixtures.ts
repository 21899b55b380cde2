import type { ModeTurns, ServedInference } from "@partitune/schema";
import type { GatheredWindows, Minibatch } from "../../../packages/profiler/src/interleave/minibatch.ts";
import { type TurnClock, Turns } from "../../../packages/profiler/src/interleave/turns.ts";
import type { WaitingRequest } from "../../../packages/profiler/src/live/batcher.ts";

/** Time that passes only when told to; calls at one time come in the order in which they were asked for. */
export class VirtualTime implements TurnClock {
  #now = 0;
  #calls: { readonly time: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(time: number, call: () => void): () => void {
    const entry = { time: Math.max(time, this.#now), call };
    this.#calls.push(entry);
    return () => {
      this.#calls = this.#calls.filter((each) => each !== entry);
    };
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + seconds, resolve));
  }

  /** Lets everything happen that is due until then. */
  async passUntil(time: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.#calls.filter((each) => each.time <= time).toSorted((a, b) => a.time - b.time)[0];
      if (next === undefined) break;
      this.#calls = this.#calls.filter((each) => each !== next);
      this.#now = next.time;
      next.call();
    }
    this.#now = time;
  }
}

/** Lets promises that are resolved already be noticed. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** An inference in windows of a second, minibatches of up to four that take 0.2 s. */
export function inferenceOf(workload: string, parts: Partial<ServedInference> = {}): ServedInference {
  return {
    workload,
    ratePerSecond: 4,
    batch: 4,
    dispatcher: "windowed",
    windowSeconds: 1,
    expected: { seconds: 0.2, watts: 1 },
    ...parts,
  };
}

/** Turns of the given inferences, and of a background whose minibatches take 0.3 s. */
export function turnsOf(parts: Partial<ModeTurns> = {}): ModeTurns {
  return {
    powerMode: { name: "default" },
    inferences: [inferenceOf("urgent")],
    background: {
      workload: "backlog",
      batch: 2,
      policy: "reserve",
      toleratedSeconds: 0,
      highestPerWindow: null,
      expected: { seconds: 0.3, watts: 1 },
    },
    idleWatts: null,
    changeoverSeconds: 0,
    promises: [],
    ...parts,
  };
}

/** Turns that run in virtual time. */
export interface Played {
  readonly time: VirtualTime;
  readonly turns: Turns;
  readonly minibatches: readonly Minibatch[];
  readonly windows: readonly GatheredWindows[];
  readonly failures: readonly string[];
  /** Has a request come at a time, and remembers what becomes of it. */
  request(n: number, time: number, how?: { readonly abandoned?: boolean }): void;
  /** For each request that came: when it was answered, or why not. */
  readonly said: readonly string[];
}

export function play(
  plan: ModeTurns,
  {
    managed = true,
    takes = {} as Readonly<Record<string, () => number>>,
    fails = {} as Readonly<Record<string, number>>,
  } = {},
): Played {
  const time = new VirtualTime();
  const minibatches: Minibatch[] = [];
  const windows: GatheredWindows[] = [];
  const failures: string[] = [];
  const said: string[] = [];
  const jobs = [...plan.inferences, ...(plan.background === null ? [] : [plan.background])];
  const engines = new Map(
    jobs.map(({ workload, expected }) => {
      let runs = 0;
      const run = async () => {
        const seconds = takes[workload]?.() ?? expected.seconds;
        await time.sleep(seconds);
        runs += 1;
        if (runs === fails[workload]) throw new Error(`${workload} died`);
        return seconds;
      };
      return [workload, { run }];
    }),
  );
  const turns = new Turns(plan, engines, {
    clock: time,
    managed,
    maxWaiting: 10,
    onMinibatch: (minibatch) => minibatches.push(minibatch),
    onWindow: (window) => windows.push(window),
    onFailure: (reason) => failures.push(reason),
  });
  const request: Played["request"] = (n, when, { abandoned = false } = {}) => {
    const waiting: WaitingRequest = {
      arrived: when,
      answer: ({ end, batch }) => said.push(`${round(when)} in ${batch} at ${round(end)}`),
      refuse: (reason) => said.push(`${round(when)}: ${reason}`),
      isAbandoned: () => abandoned,
    };
    time.at(when, () => turns.queue(n).submit([waiting]));
  };
  return { time, turns, minibatches, windows, failures, said, request };
}

export function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** Minibatches as short texts: job, size, start and end. */
export function shown(minibatches: readonly Minibatch[]): readonly string[] {
  return minibatches.map(({ job, size, start, end }) => `${job} ${size}: ${round(start)}–${round(end)}`);
}
