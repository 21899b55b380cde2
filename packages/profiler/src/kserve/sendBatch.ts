import type { Run } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { AnswerReader, Connection, Ending, PreparedRequest } from "./connection.ts";
import type { ServerPatience } from "./loadRequest.ts";

/** What is sent, over and over. */
export interface BatchOfServer {
  readonly connection: Connection;
  readonly request: PreparedRequest;
  readonly reader: AnswerReader;
  readonly patience: ServerPatience;
}

/**
 * Sends a batch now.
 *
 * @param when  when an open load wanted it sent, and which of several in flight it is, where there are such
 */
export function sendBatch(
  { connection, request, reader, patience }: BatchOfServer,
  when: Pick<Run, "intended" | "process">,
  onEnd: (run: Run, ending: Ending) => void,
): void {
  const start = monotonicSeconds();
  const left = patience.timeoutSeconds - (start - (when.intended ?? start));
  connection.send(request, reader, left, (ending) => onEnd(toRun(start, when, ending), ending));
}

/** What a server does not tell of a single request is told by its client: service time is that of the whole exchange. */
function toRun(start: number, when: Pick<Run, "intended" | "process">, { end, outcome, failure }: Ending): Run {
  return {
    start,
    end,
    service: end - start,
    ...when,
    ...(outcome === "answered" ? {} : { outcome, problem: failure?.message ?? "" }),
  };
}
