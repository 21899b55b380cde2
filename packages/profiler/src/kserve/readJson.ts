import type { Seconds } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import type { AnswerReader, Connection, Ending } from "./connection.ts";

/** Descriptions of a server or a model are no longer than this. */
const mostBytes = 2 ** 24;

/** An answer to a question about the server itself. */
export interface JsonAnswer {
  readonly value: unknown;
  readonly end: Seconds;
}

/**
 * Asks a server something.
 *
 * @param doing  what it is asked, for messages
 * @throws WorkerFailure when it does not answer, or not in JSON
 */
export function readJson(connection: Connection, path: string, patience: Seconds, doing: string): Promise<JsonAnswer> {
  let value: unknown;
  const reader: AnswerReader = {
    begin: () => mostBytes + 1,
    finish: (_head, kept, length) => {
      if (length > mostBytes) return garbage(`more than ${mostBytes} bytes`, doing);
      if (length === 0) return undefined;
      try {
        value = JSON.parse(kept.toString());
        return undefined;
      } catch {
        return garbage(JSON.stringify(kept.toString().slice(0, 100)), doing);
      }
    },
  };
  const request = { method: "GET", path, headers: [], body: null, doing } as const;
  return new Promise((resolve, reject) => {
    connection.send(request, reader, patience, ({ end, failure }: Ending) => {
      if (failure === undefined) resolve({ value, end });
      else reject(new WorkerFailure(failure.code, failure.message));
    });
  });
}

function garbage(what: string, doing: string) {
  return {
    code: "garbage",
    message: `server answered ${what} ${doing}, which is no JSON of the protocol`,
    final: true,
  } as const;
}
