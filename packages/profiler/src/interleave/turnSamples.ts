import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seconds } from "@partitune/schema";
import { outcomes, type StreamSamples } from "../live/load.ts";
import type { LoggedTurns } from "./minibatchLog.ts";

/** Everything that was seen of a mode plan at work. */
export interface TurnSamples {
  /** Requests of each inference, in the plan's order; times from the start of the load. */
  readonly streams: readonly StreamSamples[];
  /** Start of the load on the monotonic clock, on which minibatches have their times. */
  readonly origin: Seconds;
  readonly logged: LoggedTurns;
}

/**
 * The start of the load, exactly: where the ends that requests and minibatches tell of are the same.
 *
 * @param about  the same to some milliseconds, less than lie between two minibatches of one inference
 */
export function alignOrigin(streams: readonly StreamSamples[], { minibatches }: LoggedTurns, about: Seconds): Seconds {
  for (const { placement, end, outcome } of streams) {
    const first = outcome.indexOf(outcomes.answered);
    if (first < 0) continue;
    const origins = minibatches.filter(({ job }) => job === placement).map((one) => one.end - end[first]!);
    const nearest = origins.toSorted((a, b) => Math.abs(a - about) - Math.abs(b - about))[0];
    if (nearest !== undefined) return nearest;
  }
  return about;
}

const words = new Map<number, string>(Object.entries(outcomes).map(([word, code]) => [code, word]));

/** Writes every request down, a JSON line each, beside the minibatches that the server wrote: `requests.jsonl`. */
export function saveRequests(folder: string, streams: readonly StreamSamples[]): void {
  const lines = streams.flatMap((samples) =>
    Array.from(samples.intended, (intended_s, i) => {
      const { placement, sent, end, queue, service, batch, outcome } = samples;
      const seen = { sent_s: sent[i], end_s: end[i], queue_s: queue[i], service_s: service[i], batch: batch[i] };
      return JSON.stringify({ job: placement, intended_s, ...seen, outcome: words.get(outcome[i]!) });
    }),
  );
  writeFileSync(join(folder, "requests.jsonl"), lines.map((line) => `${line}\n`).join(""));
}
