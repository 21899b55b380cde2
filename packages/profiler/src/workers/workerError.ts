import type { WorkerErrorCode } from "./protocol.ts";

/** A worker cannot do what it was asked; sent to the host as an error message. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  readonly code: WorkerErrorCode;

  constructor(code: WorkerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
