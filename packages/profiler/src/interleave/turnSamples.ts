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
