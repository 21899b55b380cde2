import type { Seconds } from "@partitune/schema";
import { type Dispatcher, Pool } from "undici";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { ServerAddress } from "./serverAddress.ts";
import { failureOfConnection, failureOfStatus, type ServerFailure } from "./serverFailure.ts";

/** A request that is sent over and over: its body is given to the socket as it is. */
export interface PreparedRequest {
  readonly method: "GET" | "POST";
  /** After the address's prefix, encoded. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
  /** What it does, for messages: "while asked for its metadata". */
  readonly doing: string;
}

/** Head of a good answer. */
export interface AnswerHead {
  /** Bytes of the body; NaN where the server does not say. */
  readonly length: number;
  /** Bytes of the JSON before binary tensors; NaN where all is JSON. */
  readonly jsonLength: number;
}

/** What looks at an answer while it comes in. */
export interface AnswerReader {
  /** Says how many bytes from the beginning are to be kept. */
  begin(head: AnswerHead): number;
  /**
   * Judges the answer when it is complete.
   *
   * @param kept  its beginning, as long as was asked for
   * @param length  bytes of the whole body
   * @returns what is wrong with it; undefined when nothing is
   */
  finish(head: AnswerHead, kept: Buffer, length: number): ServerFailure | undefined;
}

/** How a request ended. */
export interface Ending {
  readonly end: Seconds;
  readonly outcome: "answered" | "failed" | "timed-out";
  /** Why it has no answer. */
  readonly failure?: ServerFailure;
}

export interface ConnectionOptions {
  readonly address: ServerAddress;
  /** Sockets at most; further requests wait for one. */
  readonly connections: number;
  /** Sent as the header `authorization`; none when absent. */
  readonly authorization?: string;
}

/** Timers may fire so many milliseconds early; a batch that was given up has waited at least its time. */
const timerEarly = 1;
/** Of an answer that is an error, so much is read. */
const errorBytes = 2 ** 16;

/** Sockets to one server, kept open. Each carries one request at a time, so that none waits behind another unseen. */
export class Connection {
  readonly address: ServerAddress;
  readonly #pool: Pool;
  readonly #headers: readonly string[];

  constructor({ address, connections, authorization }: ConnectionOptions) {
    this.address = address;
    this.#headers = authorization === undefined ? [] : ["authorization", authorization];
    // Requests have their own time-out; HTTP/2 would put them all on one socket.
    this.#pool = new Pool(address.origin, {
      connections,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
  }

  /**
   * Sends a request.
   *
   * @param patience  it is given up when there is no complete answer after so long
   * @param onEnd  called once, never from within this call
   */
  send(request: PreparedRequest, reader: AnswerReader, patience: Seconds, onEnd: (ending: Ending) => void): void {
    const options: Dispatcher.DispatchOptions = {
      method: request.method,
      path: this.address.prefix + request.path,
      headers: this.#headers.length === 0 ? (request.headers as string[]) : [...request.headers, ...this.#headers],
      body: request.body,
    };
    this.#pool.dispatch(options, new Exchange(request, reader, this.address.label, patience, onEnd));
  }

  /** Breaks off what is in flight. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: PreparedRequest;
  readonly #reader: AnswerReader;
  readonly #label: string;
  readonly #onEnd: (ending: Ending) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #location: string | undefined;
  #head: AnswerHead = { length: Number.NaN, jsonLength: Number.NaN };
  #wanted = 0;
  #kept: Buffer[] = [];
  #length = 0;
  #ended = false;

  constructor(
    request: PreparedRequest,
    reader: AnswerReader,
    label: string,
    patience: Seconds,
    onEnd: (ending: Ending) => void,
  ) {
    this.#request = request;
    this.#reader = reader;
    this.#label = label;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#giveUp(patience), Math.max(0, Math.ceil(patience * 1e3)) + timerEarly);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error("given up"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    if (status !== 200) {
      this.#location = textOf(headers.location);
      this.#wanted = errorBytes;
      return;
    }
    this.#head = {
      length: Number(textOf(headers["content-length"]) ?? Number.NaN),
      jsonLength: Number(textOf(headers["inference-header-content-length"]) ?? Number.NaN),
    };
    this.#wanted = this.#reader.begin(this.#head);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#length < this.#wanted) this.#kept.push(chunk.subarray(0, this.#wanted - this.#length));
    this.#length += chunk.length;
  }

  onResponseEnd(): void {
    const end = monotonicSeconds();
    const kept = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    const failure =
      this.#status === 200
        ? this.#reader.finish(this.#head, kept, this.#length)
        : failureOfStatus(this.#status, kept.toString(), this.#location, this.#request.doing);
    this.#end(failure === undefined ? { end, outcome: "answered" } : { end, outcome: "failed", failure });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const end = monotonicSeconds();
    this.#end({ end, outcome: "failed", failure: failureOfConnection(error, this.#label, this.#request.doing) });
  }

  #giveUp(patience: Seconds): void {
    const end = monotonicSeconds();
    const message = `${this.#label} gave no answer for ${Number(patience.toPrecision(3))} s ${this.#request.doing}`;
    this.#end({ end, outcome: "timed-out", failure: { code: "hung", message, final: false } });
    this.#controller?.abort(new Error("given up"));
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#onEnd(ending);
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
