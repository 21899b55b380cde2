import type { Seconds, Watts } from "@partitune/schema";
import { roundingAt } from "./gatherer.ts";
import { answer, type PeriodPlay } from "./periodPlay.ts";

/** A workload that runs in a process of its own and takes no notice of the others. */
export interface Process {
  readonly watts: Watts;
  /** Whether it is background work, which never ends. */
  readonly endless: boolean;
  /** Time that its minibatch would still take alone; 0 when it has none. */
  remaining: Seconds;
  /** The same of the whole minibatch. */
  whole: Seconds;
  /** Begins its next minibatch if there is one. @returns whether it did */
  begin(): boolean;
  /** Ends it. */
  finish(at: Seconds): void;
}

/** One process for each inference, and one for the background, which is not limited: nobody manages it. */
export function processesOf({ servers, background }: PeriodPlay): readonly Process[] {
  const serving = servers.map((server): Process => {
    const { expected } = server.gatherer.inference;
    return {
      watts: expected.watts,
      endless: false,
      remaining: 0,
      whole: 0,
      begin() {
        if (server.gatherer.ready.length === 0) return false;
        this.whole = expected.seconds * server.draw();
        this.remaining = this.whole;
        return true;
      },
      finish(at) {
        this.remaining = 0;
        answer(server, at);
      },
    };
  });
  if (background === null) return serving;
  const { job, draw } = background;
  return [
    ...serving,
    {
      watts: job.expected.watts,
      endless: true,
      remaining: 0,
      whole: 0,
      begin() {
        this.whole = job.expected.seconds * draw();
        this.remaining = this.whole;
        return true;
      },
      finish() {
        this.remaining = 0;
      },
    },
  ];
}

/** Whether nothing but rounding is left of a minibatch: its time is a sum of many stretches. */
export function isDone({ remaining, whole }: Process, now: Seconds): boolean {
  return remaining <= roundingAt(now, whole);
}
