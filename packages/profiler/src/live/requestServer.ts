import { once } from "node:events";
import { renameSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { InputError, type Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { splitLines } from "../workers/splitLines.ts";
import type { RequestQueue, Served, WaitingRequest } from "./batcher.ts";

/** A socket has this behind its name until it listens, so that whoever finds it under its name can connect. */
const unready = "~";

/** Bytes in a Unix domain socket's path: `sun_path` of sockaddr_un(7) holds 108, of which its end and `unready` take one each. */
export const longestSocketPath = 106;

/** A request's name on its connection; comes back in the answer. */
type RequestId = number | string;

/** A listening server. */
export interface RequestServer {
  /** Takes no more connections, and removes the socket. */
  stopAccepting(): void;
  /** Writes out what was answered, ends all connections, and resolves when they are closed. */
  finish(): Promise<void>;
}

/** @throws InputError when no socket can have this path */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestSocketPath) return;
  throw new InputError({
    what: `socket path "${path}"`,
    problem: `has ${bytes} bytes, and at most ${longestSocketPath} are possible`,
    advice: "choose a folder with a shorter path",
  });
}

/**
 * Serves a queue on a Unix domain socket, by JSON lines:
 *
 * - `{"type":"request","id":1}` → `{"id":1,"queue_s":…,"service_s":…,"batch":2,"end_s":…}` or `{"id":1,"error":"…"}`
 * - `{"type":"status"}` → `{"type":"status","waiting":…,"running":…,"served":…,"busy_s":…}`
 *
 * `end_s` is the time on CLOCK_MONOTONIC at which the batch was done. Requests of a closed connection are not run.
 *
 * @returns the server, listening; rejected when the socket cannot be made
 */
export function startRequestServer(path: string, queue: RequestQueue): Promise<RequestServer> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serveConnection(socket, queue);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    rmSync(path + unready, { force: true });
    server.listen(path + unready, () => {
      renameSync(path + unready, path);
      resolve(runningServer(path, server, connections));
    });
  });
}

function runningServer(path: string, server: Server, connections: ReadonlySet<Socket>): RequestServer {
  const closed = once(server, "close");
  return {
    stopAccepting: () => {
      rmSync(path, { force: true });
      server.close();
    },
    finish: async () => {
      server.close();
      for (const socket of connections) socket.end(() => socket.destroy());
      await closed;
    },
  };
}

function serveConnection(socket: Socket, queue: RequestQueue): void {
  let requests: WaitingRequest[] = [];
  const submit = () => {
    queue.submit(requests);
    requests = [];
  };
  const split = splitLines((line) => {
    const message = parseRequest(line);
    if (message === undefined) send(socket, { error: `no request: ${JSON.stringify(line.slice(0, 200))}` });
    else if (message.type === "request") requests.push(waitingRequest(socket, message.id, monotonicSeconds()));
    else {
      submit();
      send(socket, describeStatus(queue));
    }
  });
  socket.on("data", (bytes) => {
    split(bytes);
    submit();
  });
  // A client that has gone is noticed by its closed socket.
  socket.on("error", () => {});
}

function waitingRequest(socket: Socket, id: RequestId, arrived: Seconds): WaitingRequest {
  return {
    arrived,
    answer: (served) => send(socket, { id, ...describeServed(served) }),
    refuse: (reason) => send(socket, { id, error: reason }),
    isAbandoned: () => socket.destroyed,
  };
}

function describeServed({ queueSeconds, serviceSeconds, batch, end }: Served) {
  return { queue_s: queueSeconds, service_s: serviceSeconds, batch, end_s: end };
}

function describeStatus(queue: RequestQueue) {
  const { waiting, running, served, busySeconds } = queue.status();
  return { type: "status", waiting, running, served, busy_s: busySeconds };
}

/** Answers of one batch leave in one write. */
function send(socket: Socket, answer: Readonly<Record<string, unknown>>): void {
  if (socket.destroyed) return;
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  socket.write(`${JSON.stringify(answer)}\n`);
}

type RequestMessage = { readonly type: "request"; readonly id: RequestId } | { readonly type: "status" };

function parseRequest(line: string): RequestMessage | undefined {
  try {
    const value = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
    const id = value?.id;
    if (value?.type === "status") return { type: "status" };
    if (value?.type === "request" && (typeof id === "number" || typeof id === "string")) return { type: "request", id };
  } catch {
    // Not JSON.
  }
  return undefined;
}
