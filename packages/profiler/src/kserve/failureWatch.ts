import type { Seconds } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import type { Ending } from "./connection.ts";
import type { ServerFailure } from "./serverFailure.ts";

/** Fewer in a row may happen to a server that is well. */
const leastInRow = 3;

/** Decides when a server that gives no answers is given up. */
export interface FailureWatch {
  /**
   * Takes note of how a request ended.
   *
   * @throws WorkerFailure when the next will fare no better, or no answer came for too long
   */
  note(ending: Ending): void;
}

/**
 * @param patience  a server may go without an answer so long: it may be starting again
 * @param isOpen  whether requests come whether or not earlier ones were answered. Then a server that has answered and does so too late is not hung
 *   but saturated, which is a result
 */
export function failureWatch(patience: Seconds, isOpen = false): FailureWatch {
  let since: Seconds | undefined;
  let inRow = 0;
  let hasAnswered = false;
  return {
    note({ end, failure }) {
      if (failure === undefined) {
        since = undefined;
        inRow = 0;
        hasAnswered = true;
        return;
      }
      if (failure.final) throw toError(failure);
      const isLate = failure.code === "hung";
      if (isLate && isOpen && hasAnswered) return;
      since ??= end;
      inRow += 1;
      if (inRow >= leastInRow && (isLate || end - since >= patience)) throw toError(failure, inRow);
    },
  };
}

function toError({ code, message }: ServerFailure, inRow = 1): WorkerFailure {
  return new WorkerFailure(code, inRow === 1 ? message : `${message}; ${inRow} requests in a row had no answer`);
}
